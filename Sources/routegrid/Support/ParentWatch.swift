import CPlatform
import Foundation

/// Processes that `run` starts end when it ends, however it ends.
enum ParentWatch {
    /// The environment variable in which a parent gives a child that must not outlive it its process id and, after a
    /// stroke, the signal that ends the child.
    private static let variable = "ROUTEGRID_PARENT"

    /// What the environment of a child of this process holds.
    static func environment(_ inherited: [String: String], endingWith signal: Int32) -> [String: String] {
        var environment = inherited
        environment[variable] = "\(getpid())/\(signal)"
        return environment
    }

    /// Asks the kernel to stop this process with its parent.
    static func dieWithParent() { _ = cplatform_die_with_parent(SIGTERM) }

    /// Does so when the environment asks for it; the variable is not handed on to processes of this one.
    static func heedEnvironment() {
        guard let text = getenv(variable) else { return }
        let numbers = String(cString: text).split(separator: "/").compactMap { Int32($0) }
        unsetenv(variable)
        guard numbers.count == 2 else { return }
        _ = cplatform_die_with_parent(numbers[1])
        // It may have died before the kernel was asked.
        if getppid() != numbers[0] { exit(128 + SIGTERM) }
    }
}
