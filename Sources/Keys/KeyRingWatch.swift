import Foundation
package import RouteGridBase

/// Follows the keys of a state folder: other processes change them while the coordinator runs.
package struct KeyRingWatch: Sendable {
    private let state: String
    private let folder: KeyFolder
    private var seen: KeyFolder.Stamp?
    /// When the folder was read; a change by hand right after may have the same time stamp.
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

    /// Reads the folder again when something was put into it or taken from it: two `fstat` when not.
    ///
    /// - Returns: whether ``ring`` changed.
    /// - Throws: As ``KeyRing/init(state:)``; ``ring`` is then what it was, and the next call tries again.
    package mutating func poll() throws(RouteGridError) -> Bool {
        let (stamp, now) = (folder.stamp(), Date())
        guard stamp != seen || isDoubtful(at: now) else { return false }
        guard let found = try KeyRing(state: state, folder: folder) else {
            throw RouteGridError(.refused, "\(KeyRing.path(state)): the coordinator's own key is gone")
        }
        (seen, read) = (stamp, now)
        defer { ring = found }
        return found.keys != ring.keys || found.isInitialised != ring.isInitialised
    }

    /// Whether the folder was read so soon after its change that another one may have the same time, and may be read
    /// once more now that no more can have it.
    private func isDoubtful(at now: Date) -> Bool {
        guard let seen else { return true }
        let changed = Double(seen.seconds)
        return read.timeIntervalSince1970 - changed < 2 && now.timeIntervalSince1970 - changed > 3
    }
}
