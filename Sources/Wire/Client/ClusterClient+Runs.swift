import Foundation
package import RouteGridBase

extension ClusterClient {
    /// Queries the state of the cluster.
    ///
    /// - Parameters:
    ///   - kind: what is queried.
    ///   - selector: what it is about, in the form that the kind requires; empty is everything.
    /// - Returns: the answer's document.
    /// - Throws: the error with which the coordinator refused; `unreachable` when it does not answer.
    package func query(_ kind: QueryKind, _ selector: String = "") throws(RouteGridError) -> JSONValue {
        var query = WireQuery()
        query.kind = kind.rawValue
        query.selector = selector
        let answer = try ask(WireMessage(.query(query)))
        guard case .reply(let reply) = answer.body else { throw unexpected(answer, "a reply") }
        return try JSONValue(parsing: reply.json, place: "the coordinator's reply to \(kind.rawValue)")
    }

    /// Submits a frozen grid, after uploading the blobs that the coordinator lacks.
    ///
    /// - Parameters:
    ///   - lock: the bytes of `grid.lock.json`.
    ///   - blob: the content of a blob that the lock names; called for missing ones only.
    /// - Returns: the run's number and its count of cells.
    /// - Throws: the error with which the coordinator refused; `unreachable` when it does not answer; what `blob`
    ///   throws.
    package func submit(
        lock: [UInt8],
        blob: (Digest) throws(RouteGridError) -> [UInt8]
    ) throws(RouteGridError) -> (run: RunID, cells: UInt64) {
        var submit = WireSubmit()
        submit.lock = Data(lock)
        while true {
            let answer = try ask(WireMessage(.submit(submit)), isRepeatable: false)
            guard case .submitted(let submitted) = answer.body else { throw unexpected(answer, "a run number") }
            if submitted.missing.isEmpty { return (submitted.runID, submitted.cells) }
            for name in submitted.missing {
                let digest = try Digest(field: name, "missing")
                try put(digest, try blob(digest))
            }
        }
    }

    /// Sends a command once.
    ///
    /// The result describes what was done.
    @discardableResult
    package func control(
        _ verb: ControlKind,
        _ selector: String = "",
        value: String = "",
        reason: String = ""
    ) throws(RouteGridError) -> String {
        var control = WireControl()
        control.verb = verb.rawValue
        control.selector = selector
        control.value = value
        control.reason = reason
        let answer = try ask(WireMessage(.control(control)), isRepeatable: false)
        guard case .done(let done) = answer.body else { throw unexpected(answer, "a confirmation") }
        return done.text
    }

    /// Reads records until `handler` returns false.
    ///
    /// - Parameters:
    ///   - position: 0, or the last position of an earlier answer.
    ///   - run: nil follows every record as it is committed and never ends by itself; else the records of one run in
    ///     cell order, ending with the last.
    ///   - credit: records requested at a time.
    ///   - handler: receives each answer; returns whether to continue.
    /// - Throws: `unreachable` when the coordinator is gone; what `handler` throws.
    package func follow(
        after position: UInt64 = 0,
        run: RunID? = nil,
        credit: UInt32 = 4096,
        handler: (WireRecords) throws -> Bool
    ) throws {
        var follow = WireFollow()
        follow.afterSeq = position
        if let run { follow.runID = run }
        follow.credit = credit
        while true {
            let answer = try nextRecords(follow)
            guard case .records(let records) = answer.body else { throw unexpected(answer, "records") }
            guard try handler(records) else { return }
            if run != nil && records.complete { return }
            follow.afterSeq = records.last
        }
    }

    /// Requests the next records; those of one run are sent at once.
    ///
    /// Others are sent when there are any: having none is no failure, so the request is repeated on a new connection
    /// for as long as a hello is answered.
    private func nextRecords(_ follow: WireFollow) throws(RouteGridError) -> WireMessage {
        guard follow.run == 0 else { return try ask(WireMessage(.follow(follow))) }
        while true {
            let now = ContinuousClock.now
            let answer = try attempt(
                WireMessage(.follow(follow)),
                until: now + idleTimeout,
                greetingUntil: now + requestLimit
            )
            if let answer { return answer }
        }
    }

    func unexpected(_ answer: WireMessage, _ expected: String) -> RouteGridError {
        RouteGridError(.protocolRefused, "the coordinator at \(url) answered with another message than \(expected)")
    }
}
