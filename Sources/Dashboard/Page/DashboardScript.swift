/// The script of the dashboard.
///
/// Everything that comes from a coordinator becomes text of an element or a number in a drawing, never markup.
/// Its parts are files of their own in `Web`, compiled into the program; they share the names of one function, in this
/// order.
enum DashboardScript {
    static let text: String = {
        let parts = [
            PackageResources.helpers_js, PackageResources.runs_js, PackageResources.workers_js,
            PackageResources.slots_js, PackageResources.board_js, PackageResources.records_js,
            PackageResources.feed_js,
        ]
        return "(function () {\n\"use strict\";\n" + String(decoding: parts.joined(), as: UTF8.self) + "}());"
    }()
}
