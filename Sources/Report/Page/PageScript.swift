/// The script of a report: everything it adds is on the page already, less conveniently.
///
/// Its parts are files of their own in `Web`, compiled into the program; they share the names of one function, in this
/// order.
enum PageScript {
    static let text: String = {
        let parts = [
            PackageResources.helpers_js, PackageResources.hover_js, PackageResources.toggles_js,
            PackageResources.sorting_js, PackageResources.bill_js, PackageResources.pairs_js,
            PackageResources.downloads_js, PackageResources.latex_js, PackageResources.theme_js,
            PackageResources.reset_js,
        ]
        return "(function () {\n\"use strict\";\n" + String(decoding: parts.joined(), as: UTF8.self) + "}());"
    }()
}
