import Report

/// The style sheet of the dashboard, in the colours of reports.
enum DashboardStyle {
    static let text =
        """
        :root{color-scheme:light;\(Palette.lightProperties);--blank:#fff;--bad:#111}
        @media (prefers-color-scheme:dark){:root{color-scheme:dark;\(Palette.darkProperties);--blank:#20262c;--bad:#fff}}

        """
        + String(decoding: PackageResources.dashboard_css, as: UTF8.self)
}
