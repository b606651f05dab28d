import Foundation
import RouteGridBase

/// A folder below `logs/` of the state folder for the processes of one `run`; those of the latest earlier runs are
/// kept.
struct RunLogs: Sendable {
    /// How many earlier runs' logs are kept.
    private static let kept = 20

    let folder: String

    /// Creates the folder, named by time and process; removes the oldest.
    ///
    /// Missing logs are no failure: where the folder cannot be created there are none.
    init(stateFolder: String) {
        let logs = stateFolder + "/logs"
        let form = Date.ISO8601FormatStyle(dateTimeSeparator: .standard, timeSeparator: .omitted)
        let time = Date.now.formatted(form).replacing("-", with: "").replacing("Z", with: "")
        folder = "\(logs)/\(time)-\(getpid())"
        try? FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []).filter(RunLogs.isName).sorted()
        for name in names.dropLast(RunLogs.kept) where !RunLogs.isInUse(name) {
            try? FileManager.default.removeItem(atPath: "\(logs)/\(name)")
        }
    }

    func file(of name: String) -> String { "\(folder)/\(name).log" }

    /// Such as `20251130T120524-1234`.
    private static func isName(_ name: String) -> Bool { name.wholeMatch(of: /[0-9]{8}T[0-9]{6}-[0-9]+/) != nil }

    /// Whether the process of this folder still runs.
    private static func isInUse(_ name: String) -> Bool {
        guard let process = name.split(separator: "-").last.flatMap({ pid_t($0) }) else { return true }
        return kill(process, 0) == 0 || errno != ESRCH
    }
}
