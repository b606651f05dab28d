package import Keys

/// What each message asks for, so that one table, `Keys.Permissions`, says who may send it.
///
/// Exhaustive, without `default`: a message that is new does not compile until it has its place here.
extension WireEnvelope.OneOf_Body {
    /// Nil for what only a coordinator sends, and for unknown queries and controls: no role may send them.
    package var act: Act? {
        switch self {
        case .hello(let hello): hello.role.act
        case .heartbeat, .goodbye: .converse
        case .credit, .started, .result, .failed, .release: .work
        case .fetch: .fetch
        case .put: .store
        case .submit: .submit
        case .query(let query): QueryKind(rawValue: query.kind)?.act
        case .control(let control): ControlKind(rawValue: control.verb)?.act
        case .follow: .follow
        case .welcome, .refused, .unknown, .lease, .committed, .revoke, .chunk, .stored, .submitted, .reply, .done,
            .records:
            nil
        }
    }

    /// Whether the holder of a key of this role may send it to a coordinator.
    package func isAllowed(to role: Role) -> Bool { act.map { Permissions.allow(role, $0) } ?? false }
}

extension WireRole {
    /// What a hello with it asks for; nil when it asks for nothing that is known.
    package var act: Act? {
        switch self {
        case .worker: .greetAsWorker
        case .client: .greetAsClient
        case .follower: .greetAsFollower
        case .unspecified, .UNRECOGNIZED: nil
        }
    }
}

extension QueryKind {
    package var act: Act {
        switch self {
        case .status, .run, .workers, .metrics, .failures, .explain, .divergences, .divergencesAfter, .store,
            .testReads, .selection, .lock, .grants:
            .ask
        }
    }
}

extension ControlKind {
    package var act: Act {
        switch self {
        case .pause, .resume, .cancel, .priority, .retry: .steer
        case .drain, .purge: .administer
        case .join: .join
        }
    }
}
