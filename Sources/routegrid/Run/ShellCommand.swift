import Foundation

/// A command of the user's, run by the shell.
struct ShellCommand {
    private let text: String
    private let environment: [String: String]

    init(_ text: String, environment: [String: String] = [:]) { (self.text, self.environment) = (text, environment) }

    /// Runs it to its end, its output on stderr.
    ///
    /// - Returns: The exit code; 127 when it cannot be started.
    func run() -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", text]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = FileHandle.standardError
        guard (try? process.run()) != nil else { return 127 }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
