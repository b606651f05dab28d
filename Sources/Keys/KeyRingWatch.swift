import Foundation
package import RouteGridBase

/// Follows the keys of a state folder: other processes change them while the coordinator runs.
package struct KeyRingWatch: Sendable {
    private let state: String
    private let folder: KeyFolder
    private var seen: KeyFolder.Stamp?
    /// When the folder was read; a change right after may have the same time stamp.
    private var read: Date

    /// The ring as it was read last.
    package private(set) var ring: KeyRing

    /// - Throws: As ``KeyRing/init(state:)``.
    package init(state: String) throws(RouteGridError) {
        guard let folder = try KeyFolder(existing: KeyRing.path(state), what: KeyRing.what) else {
            ring = try KeyRing(state: state)
            throw RouteGridError(.temporary, "\(state): its keys were made just now; try again")
        }
        (self.state, self.folder) = (state, folder)
        (seen, read) = (folder.stamp(), Date())
        guard let ring = try KeyRing(state: state, folder: folder) else {
            self.ring = try KeyRing(state: state)
            return
        }
        self.ring = ring
    }

    /// Reads the folder again when something was put into it or taken from it: one `fstat` when not.
    ///
    /// - Returns: whether ``ring`` changed.
    /// - Throws: As ``KeyRing/init(state:)``; ``ring`` is then what it was, and the next call tries again.
    package mutating func poll() throws(RouteGridError) -> Bool {
        let stamp = folder.stamp()
        // Stamps are as coarse as the kernel's tick: a folder that was read soon after its change is read again.
        let isSettled = stamp.map { read.timeIntervalSince1970 - Double($0.seconds) > 2 } ?? false
        guard stamp != seen || !isSettled else { return false }
        let start = Date()
        guard let now = try KeyRing(state: state, folder: folder) else {
            throw RouteGridError(.refused, "\(KeyRing.path(state)): the coordinator's own key is gone")
        }
        (seen, read) = (stamp, start)
        defer { ring = now }
        return now.keys != ring.keys || now.isInitialised != ring.isInitialised
    }
}
