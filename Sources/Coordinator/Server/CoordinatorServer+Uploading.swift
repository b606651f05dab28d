import Foundation
import Grid
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Sends a part of a blob.
    func fetch(_ request: WireFetch, _ route: RoutingID) throws(RouteGridError) {
        let digest = try Digest(field: request.sha, "sha")
        let offset = Int(clamping: request.offset)
        let count = min(Int(clamping: request.length), WireProtocol.chunkSize)
        try checkReading(route)
        try PeerLimits.check(fetches[route], PeerLimits.fetches, "reads of this peer are under way")
        try PeerLimits.check(fetches.total, PeerLimits.allFetches, "reads are under way")
        fetches.begin(route)
        access.read { store throws(RouteGridError) in
            try store.blob(digest, from: offset, count: count)
        } then: { outcome in
            self.assumeIsolated { server in
                server.fetches.end(route)
                var envelope = WireEnvelope()
                envelope.chunk.sha = digest.data
                envelope.chunk.offset = UInt64(offset)
                switch outcome {
                case .success(let part?):
                    envelope.chunk.total = UInt64(part.total)
                    server.send(envelope, data: part.bytes, to: route)
                case .success(nil), .failure:
                    envelope.chunk.missing = true
                    server.send(envelope, data: [], to: route)
                }
            }
        }
    }

    /// Accepts a part of a blob; the last part is answered once the blob is durable.
    func put(_ request: WirePut, data: [UInt8], _ route: RoutingID) throws(RouteGridError) {
        let digest = try Digest(field: request.sha, "sha")
        let id = UploadID(route: route, digest: digest)
        guard request.total <= Upload.limit else {
            throw RouteGridError(.protocolRefused, "a blob of \(request.total) bytes; the limit is \(Upload.limit)")
        }
        if request.offset == 0 {
            if uploads[id] == nil {
                let own = uploads.keys.count { $0.route == route }
                try PeerLimits.check(own, PeerLimits.uploads, "uploads of this peer are unfinished")
                try PeerLimits.check(uploads.count, PeerLimits.allUploads, "uploads are unfinished")
            }
            uploads[id] = Upload(total: Int(request.total), touched: now)
        }
        guard var upload = uploads[id], upload.total == Int(request.total), !upload.isWriting else {
            return send(.stored(digest, next: 0, complete: false, error: ""), to: route)
        }
        guard Int(clamping: request.offset) == upload.bytes.count, upload.bytes.count + data.count <= upload.total
        else {
            return send(.stored(digest, next: upload.bytes.count, complete: false, error: ""), to: route)
        }
        let waiting = uploads.values.reduce(0) { $0 + $1.bytes.count }
        guard waiting + data.count <= PeerLimits.uploadBytes else {
            throw RouteGridError(
                .temporary,
                "\(waiting) bytes of unfinished uploads: the limit is \(PeerLimits.uploadBytes); try again later"
            )
        }
        // Removed while it grows: a second reference would copy all earlier parts with each new one.
        uploads[id] = nil
        upload.bytes += data
        upload.touched = now
        guard upload.bytes.count == upload.total else {
            uploads[id] = upload
            return send(.stored(digest, next: upload.bytes.count, complete: false, error: ""), to: route)
        }
        guard Digest(hashing: upload.bytes) == digest else {
            uploads[id] = nil
            return send(
                .stored(digest, next: 0, complete: false, error: "the bytes are not those of the digest"),
                to: route
            )
        }
        let bytes = upload.bytes
        upload.isWriting = true
        uploads[id] = upload
        access.write { store throws(RouteGridError) in
            if try !store.hasBlob(digest) { try store.putBlob(digest, bytes: bytes) }
        } then: { outcome in
            self.assumeIsolated { server in
                server.uploads[id] = nil
                switch outcome {
                case .success: server.send(.stored(digest, next: bytes.count, complete: true, error: ""), to: route)
                case .failure(let error):
                    server.send(.stored(digest, next: 0, complete: false, error: error.message), to: route)
                }
            }
        }
    }

    /// Drops uploads that timed out.
    func dropAbandonedUploads() {
        uploads = uploads.filter { id, upload in
            upload.isWriting || peers[id.route] != nil && now - upload.touched < Upload.timeoutMilliseconds
        }
    }
}
