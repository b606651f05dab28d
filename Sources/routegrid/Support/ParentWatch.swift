import CPlatform
import Foundation

/// Processes that `run` starts end when it ends, however it ends.
enum ParentWatch {
    static func dieWithParent() {
        _ = cplatform_die_with_parent(SIGTERM)
    }
}
