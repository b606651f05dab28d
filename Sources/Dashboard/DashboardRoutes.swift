import Foundation
import RouteGridBase

/// Which path is answered with what.
enum DashboardRoutes {
    static func answer(_ head: RequestHead, _ state: LiveState, since started: ContinuousClock.Instant) -> Reply {
        switch head.path {
        case "/": return Reply(200, "text/html; charset=utf-8", .whole(DashboardPage.bytes))
        case "/api/status": return .json(state.documents.status)
        case "/api/runs": return .json(state.documents.runs)
        case "/api/workers": return .json(state.documents.workers)
        case "/api/failures": return .json(state.documents.failures)
        case "/api/board": return .json(state.documents.board)
        case "/api/stream": return .json(state.documents.stream)
        case "/api/events": return events(head, state)
        case "/openapi.json": return .json(OpenAPI.document)
        case "/metrics":
            let text = MetricsText(state.documents.metrics, clients: state.subscriberCount, age: state.age()).text
            return Reply(200, "text/plain; version=0.0.4; charset=utf-8", .whole(Data(text.utf8)))
        case "/healthz": return Reply(200, text: "ok")
        case "/readyz":
            guard let trouble = state.trouble() else { return Reply(200, text: "ok") }
            return Reply(503, text: SafeText.line(trouble))
        case "/favicon.ico": return Reply(404, text: "none")
        default: return Reply(404, text: "nothing is here; /openapi.json lists what is")
        }
    }

    private static func events(_ head: RequestHead, _ state: LiveState) -> Reply {
        let last = (head.header("last-event-id") ?? head.query["after"]).flatMap { UInt64($0) }
        guard let subscription = state.subscribe(after: last) else {
            return Reply(503, text: "too many clients; poll /api/status")
        }
        return Reply(200, "text/event-stream", .events(subscription))
    }
}
