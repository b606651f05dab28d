/// The style sheet of a report: the colours of ``Palette``, then the files of `Web`.
enum PageStyle {
    static let text =
        """
        :root{color-scheme:light;\(Palette.lightProperties)}
        @media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;\(Palette.darkProperties)}}
        :root[data-theme=dark]{color-scheme:dark;\(Palette.darkProperties)}

        """
        + sheet(PackageResources.layout_css, PackageResources.controls_css, PackageResources.tables_css)
        + PlotStyle.page + sheet(PackageResources.print_css)

    /// Rules for pages of text and tables, after those of ``text``.
    static let plain = sheet(PackageResources.plain_css)

    private static func sheet(_ files: [UInt8]...) -> String { String(decoding: files.joined(), as: UTF8.self) }
}
