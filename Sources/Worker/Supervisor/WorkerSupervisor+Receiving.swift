import Dispatch
import Logging
import RouteGridBase
import Wire
import ZeroMQ

extension WorkerSupervisor {
    /// Receives what one socket delivered at once.
    ///
    /// A message can replace the socket: those that came after it belong to a connection that is over. A second refusal
    /// of a revoked key would end a worker whose new key is about to be tried.
    func receive(_ messages: [ZMQMessage], from origin: ZMQSocket) {
        link.lastReceived = .now
        for message in messages where socket === origin {
            do throws(RouteGridError) {
                try receive(try WireMessage(frames: message.frames[...]))
            } catch {
                log.warning("a message cannot be read", metadata: ["why": "\(error)"])
            }
        }
    }

    private func receive(_ message: WireMessage) throws(RouteGridError) {
        switch message.body {
        case .welcome(let welcome): self.welcome(welcome)
        case .refused(let refused): refuse(refused)
        case .unknown: resendHello()
        case .heartbeat: break
        case .lease(let lease): try take(lease)
        case .revoke(let revoke): giveUp(revoke.leaseID, Set(revoke.cells))
        case .committed(let committed): try acknowledge(committed)
        case .chunk(let chunk): try take(chunk, message.data ?? [])
        case .stored(let stored): take(stored)
        case .done(let done) where done.text == "drain": drain("requested by the coordinator")
        default: throw RouteGridError(.protocolRefused, "a worker does not receive this message")
        }
    }

    // MARK: Results

    private func acknowledge(_ committed: WireCommitted) throws(RouteGridError) {
        let keys = try JobKey.list(committed.jobKeys, "job_keys")
        let digests = try Digest.list(committed.resultShas, "result_shas")
        guard keys.count == digests.count, keys.count == committed.verdicts.count else {
            throw RouteGridError(.protocolRefused, "an acknowledgement of \(keys.count) keys, not as many digests")
        }
        var settled: [LeaseID: [UInt64]] = [:]
        for (place, key) in keys.enumerated() {
            switch committed.verdicts[place] {
            case .divergent: log.error("a result differs from the recorded one", metadata: ["key": "\(key)"])
            case .refused: log.error("the coordinator refused a result", metadata: ["key": "\(key)"])
            default: break
            }
            let name = ResultOutbox.Name(jobKey: key, resultDigest: digests[place])
            if let entry = outbox.acknowledge(name) { settled[entry.lease, default: []].append(entry.cell) }
        }
        for (lease, cells) in settled {
            leases[lease]?.unacknowledged.subtract(cells)
            leases[lease]?.done += cells.count
            settle(lease)
        }
    }

    func flushResults() {
        guard link.isOpen, let socket else { return }
        outbox.flush { frame in
            do { return try socket.send([frame]) == .sent } catch {
                log.error("a result could not be sent", metadata: ["error": "\(error)"])
                return false
            }
        }
    }

    // MARK: Blobs of results

    func checkUploads(_ now: ContinuousClock.Instant) {
        if let time = retryUploadAt, now < time { return }
        retryUploadAt = nil
        guard link.isOpen, let message = uploads.next() else { return }
        if !transmit(message) { uploads.restart() }
    }

    private func take(_ stored: WireStored) {
        switch uploads.take(stored) {
        case .nothing: return
        case .next: break
        case .stored(let digest): outbox.unblock(digest)
        case .refused(let why):
            log.warning("a blob was not stored; it is tried again", metadata: ["why": "\(why)"])
            retryUploadAt = .now + .seconds(1)
        }
        checkUploads(.now)
    }

    // MARK: Data

    /// Requests missing data that was not requested yet.
    func requestChunks() {
        guard link.isOpen else { return }
        var room = BlobDownload.sharedWindow - downloads.values.reduce(0) { $0 + $1.outstanding }
        for (_, download) in downloads.sorted(by: { $0.key < $1.key }) where room > 0 {
            let requests = download.requests(most: room)
            room -= requests.count
            for request in requests { say(.fetch(request)) }
        }
    }

    private func take(_ chunk: WireChunk, _ data: [UInt8]) throws(RouteGridError) {
        let digest = try Digest(field: chunk.sha, "sha")
        guard let download = downloads[digest] else { return }
        do {
            let isComplete = try download.take(chunk, data)
            requestChunks()
            guard isComplete else { return }
        } catch {
            downloads[digest] = nil
            requestChunks()
            return failAwaiting(digest, error)
        }
        let path = download.path
        checks.async {
            let isRight = BlobDownload.isRight(path: path, digest: digest)
            self.loop.submit { self.assumeIsolated { $0.arrived(digest, isRight: isRight) } }
        }
    }

    private func arrived(_ digest: Digest, isRight: Bool) {
        guard let download = downloads[digest] else { return }
        // Another worker took this one for stopped.
        guard download.isWhole else { return download.letGo(evenWhole: true) }
        guard isRight else {
            guard !download.beginsAnew() else { return requestChunks() }
            downloads[digest] = nil
            return failAwaiting(
                digest,
                RouteGridError(.temporary, "blob \(digest) came with other content than its name")
            )
        }
        download.share()
        do { try cache.adopt(download.path, as: digest) } catch {
            downloads[digest] = nil
            return failAwaiting(digest, error)
        }
        isThere(digest)
    }

    /// What another worker of the machine downloads may be there by now, or left to this one.
    func checkDownloads(_ now: ContinuousClock.Instant) {
        guard link.isOpen else { return }
        requestAgain(now)
        for (digest, download) in downloads where !download.isOwn {
            do {
                if cache.contains(digest, byteCount: download.byteCount) {
                    isThere(digest)
                } else if try download.takeOver(now) {
                    // It may have finished in between.
                    if cache.contains(digest, byteCount: download.byteCount) {
                        isThere(digest)
                    } else {
                        requestChunks()
                    }
                }
            } catch {
                downloads[digest] = nil
                failAwaiting(digest, error)
            }
        }
    }

    /// Requests once more what the coordinator refused to send or never answered; a chunk that comes twice is dropped.
    private func requestAgain(_ now: ContinuousClock.Instant) {
        let isDue = retryDownloadsAt.map { now >= $0 } ?? false
        if isDue { retryDownloadsAt = nil }
        for download in downloads.values where isDue || download.isUnanswered(now) { download.restartRequests() }
        // Also what waited for a download that was given up.
        requestChunks()
    }

    /// A blob is in the cache: leases that waited for it go on.
    private func isThere(_ digest: Digest) {
        downloads[digest] = nil
        for id in order {
            guard case .fetching(var missing)? = leases[id]?.phase else { continue }
            missing.remove(digest)
            leases[id]?.phase = missing.isEmpty ? .ready : .fetching(missing)
        }
        dispatch()
    }

    private func failAwaiting(_ digest: Digest, _ error: RouteGridError) {
        for id in order {
            guard let lease = leases[id], case .fetching(let missing) = lease.phase, missing.contains(digest) else {
                continue
            }
            fail(lease, cell: nil, .error, error.message, isRetryable: true, log: [])
            forget(id)
        }
    }
}
