import Foundation
import RouteGridBase

/// A folder below `logs/` of the state folder for the processes of one `run`; those of earlier ones stay for a while.
struct RunLogs: Sendable {
    /// How many earlier runs' logs stay.
    private static let kept = 20

    let folder: String

    /// Makes the folder, named by time and process; removes the oldest.
    ///
    /// Logs are no reason to fail: where the folder cannot be made there are none.
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

    /// Whether its process still runs.
    private static func isInUse(_ name: String) -> Bool {
        guard let process = name.split(separator: "-").last.flatMap({ pid_t($0) }) else { return true }
        return kill(process, 0) == 0 || errno != ESRCH
    }
}
