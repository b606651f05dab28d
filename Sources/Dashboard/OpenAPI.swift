import Foundation
import RouteGridBase

/// What is served, for programs that make clients of it.
enum OpenAPI {
    private static let paths: [(path: String, summary: String, type: String)] = [
        (
            "/api/status",
            "Counts, rates, runs with their time left, workers, slots and failures: one snapshot a tick.",
            "application/json"
        ),
        ("/api/runs", "Runs with rate (cells per second) and eta_s.", "application/json"),
        ("/api/workers", "Connected workers, at most 256.", "application/json"),
        (
            "/api/failures", "Failed cells grouped by reason, with the end of standard error; and the newest failures.",
            "application/json"
        ),
        ("/api/board", "The board of what is recorded so far: partial, without intervals.", "application/json"),
        ("/api/stream", "What each slot was at, a sample a tick, for the last five minutes.", "application/json"),
        ("/metrics", "Prometheus text format.", "text/plain"),
        ("/healthz", "The dashboard runs.", "text/plain"),
        ("/readyz", "The coordinator answered within ten seconds; 503 otherwise.", "text/plain"),
    ]

    static let document: Data = {
        var items: [String: JSONValue] = [:]
        for (path, summary, type) in paths {
            items[path] = ["get": operation(path, summary, type, parameters: [])]
        }
        items["/api/events"] = [
            "get": operation(
                "/api/events",
                "Server-sent events: snapshot (as /api/status), records (id: number of the last record), board, trouble.",
                "text/event-stream",
                parameters: [
                    parameter(
                        "Last-Event-ID",
                        in: "header",
                        "The last record that the client has: what came later is sent again."
                    ),
                    parameter("after", in: "query", "The same, for clients that cannot set headers."),
                ]
            )
        ]
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "RouteGrid dashboard", "version": .string(Version.text),
                "description":
                    "What a coordinator does, for reading only. Beyond loopback each request has a bearer token.",
            ],
            "paths": .object(items),
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]]
            ],
            "security": [["token": []], [:]],
        ]
        return Data(document.jsonText.utf8)
    }()

    private static func operation(_ path: String, _ summary: String, _ type: String, parameters: [JSONValue])
        -> JSONValue
    {
        let name = path.split(whereSeparator: { "/.".contains($0) }).joined(separator: "_")
        return [
            "operationId": .string(name), "summary": .string(summary), "parameters": .array(parameters),
            "responses": [
                "200": [
                    "description": "as the summary says",
                    "content": .object([
                        type: ["schema": type == "application/json" ? ["type": "object"] : ["type": "string"]]
                    ]),
                ],
                "401": ["description": "the token is missing or wrong"],
            ],
        ]
    }

    private static func parameter(_ name: String, in place: String, _ text: String) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "required": false, "description": .string(text),
            "schema": ["type": "integer", "minimum": 0],
        ]
    }
}
