/// What a message to a coordinator asks for.
///
/// Each kind of message has one, by an exhaustive switch in `Wire`; a kind without one does not compile.
package enum Act: CaseIterable, Hashable, Sendable {
    /// Hello, by what it asks to be.
    case greetAsWorker, greetAsClient, greetAsFollower
    /// Heartbeat, goodbye.
    case converse
    /// Requests leases, reports on them, releases them, delivers results.
    case work
    /// Reads blobs: data, choices.
    case fetch
    /// Sends blobs.
    case store
    /// Submits a grid.
    case submit
    /// Queries runs, workers, records.
    case ask
    /// Reads records as they come.
    case follow
    /// Pauses, resumes, cancels, retries runs, and sets which goes first.
    case steer
    /// Decides about workers, keys and records.
    case administer
    /// Asks for a key of its own.
    case join
}

/// Which role may do what: one table, and nothing else decides it.
package enum Permissions {
    /// The roles that may do it; others are refused.
    package static func roles(for act: Act) -> Set<Role> {
        switch act {
        case .greetAsWorker: [.worker]
        case .greetAsClient: [.client, .admin, .reader, .joiner]
        case .greetAsFollower: [.client, .admin, .reader]
        case .converse: [.worker, .client, .admin, .reader, .joiner]
        case .work: [.worker]
        case .fetch: [.worker, .client, .admin, .reader]
        case .store: [.worker, .client, .admin]
        case .submit: [.client, .admin]
        case .ask: [.client, .admin, .reader]
        case .follow: [.client, .admin, .reader]
        case .steer: [.client, .admin]
        case .administer: [.admin]
        case .join: [.joiner]
        }
    }

    package static func allow(_ role: Role, _ act: Act) -> Bool { roles(for: act).contains(role) }
}
