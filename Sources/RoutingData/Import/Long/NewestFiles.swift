import Foundation
import RouteGridBase

/// Which of several files of one measurement counts: the newest, by the time in its name, else by the file system.
struct NewestFiles {
    private(set) var paths: Set<String> = []
    private(set) var olderCount = 0

    /// - Throws: `badInput` when a file cannot be read.
    init(_ files: [String], form: LongForm, format: TableFormat) throws(RouteGridError) {
        var newest: [[String]: (stamp: String, path: String)] = [:]
        for path in files {
            guard case .document(let document) = try LongContent(path, format: format) else {
                paths.insert(path)
                continue
            }
            let paths = LongPaths(form, file: path)
            let record = JSONRecord(value: document, document: document, place: path, paths: paths.all)
            if try record.meets(paths.skipped) { continue }
            let key = form.newestBy.map { document[String($0.text.drop { $0 == "^" })]?.jsonText ?? "" }
            let stamp = Self.stamp(of: path)
            if let other = newest[key] {
                olderCount += 1
                if (stamp, path) < (other.stamp, other.path) { continue }
            }
            newest[key] = (stamp, path)
        }
        paths.formUnion(newest.values.map(\.path))
    }

    /// `…_20260131_235959.json`, else when the file was changed last; both sort as text.
    private static func stamp(of path: String) -> String {
        let stem = LongPreset.stem(of: path)
        if let found = stem.firstMatch(of: /(\d{8})_(\d{6})$/) { return "2" + found.1 + found.2 }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let date = attributes?[.modificationDate] as? Date ?? .distantPast
        return "1" + String(format: "%020.6f", max(date.timeIntervalSince1970, 0))
    }
}
