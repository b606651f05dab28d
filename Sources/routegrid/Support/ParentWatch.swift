import CPlatform
import Foundation

/// Processes that `run` starts end when it ends, however it ends.
enum ParentWatch {
    /// The environment variable in which a parent gives its process id to a child that must not outlive it.
    static let variable = "ROUTEGRID_PARENT"

    /// Asks the kernel to stop this process with its parent.
    static func dieWithParent() {
        _ = cplatform_die_with_parent(SIGTERM)
    }

    /// Does so when the environment asks for it; the variable is not handed on to processes of this one.
    static func heedEnvironment() {
        guard let parent = ProcessInfo.processInfo.environment[variable].flatMap(Int32.init) else { return }
        unsetenv(variable)
        dieWithParent()
        // It may have died before the kernel was asked.
        if getppid() != parent { exit(128 + SIGTERM) }
    }
}
