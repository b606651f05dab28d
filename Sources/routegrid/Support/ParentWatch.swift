import CPlatform
import Foundation

/// Ends the child processes of `run` when it ends, however it ends.
enum ParentWatch {
    /// The environment variable with which a parent passes its process id and, after a slash, the signal that ends the
    /// child, to a child that must not outlive it.
    private static let variable = "ROUTEGRID_PARENT"

    /// The environment for a child of this process.
    static func environment(_ inherited: [String: String], endingWith signal: Int32) -> [String: String] {
        var environment = inherited
        environment[variable] = "\(getpid())/\(signal)"
        return environment
    }

    /// Asks the kernel to stop this process with its parent.
    static func dieWithParent() { _ = cplatform_die_with_parent(SIGTERM) }

    /// Does so when the environment requests it; the variable is not passed on to children of this process.
    static func applyEnvironment() {
        guard let text = getenv(variable) else { return }
        let numbers = String(cString: text).split(separator: "/").compactMap { Int32($0) }
        unsetenv(variable)
        guard numbers.count == 2 else { return }
        _ = cplatform_die_with_parent(numbers[1])
        // The parent may have ended before the request to the kernel.
        if getppid() != numbers[0] { exit(128 + SIGTERM) }
    }
}
