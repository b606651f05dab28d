import Foundation
import RouteGridBase

/// Shows a report in whatever the desktop opens HTML with.
enum ReportOpening {
    /// Starts `xdg-open` and does not wait for it; says so where that is not possible.
    static func open(_ path: String, _ console: Console) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["xdg-open", URL(fileURLWithPath: path).path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            console.warn("\(path): cannot be opened: \(error.localizedDescription)")
        }
    }
}
