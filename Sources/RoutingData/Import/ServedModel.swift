/// Whether a model that answered is the one that was asked, by their names.
enum ServedModel {
    /// Providers answer under the name of a dated snapshot, or without the name of their own place.
    static func isSame(_ asked: String, _ served: String) -> Bool { bare(asked) == bare(served) }

    /// Without place, date and `latest`: `openai/gpt-4o-2024-08-06` is `gpt-4o`.
    private static func bare(_ name: String) -> String {
        let last = name.lowercased().split(separator: "/").last.map(String.init) ?? name
        let date = /[-@:_.]?(latest|preview|(20)?[0-9]{2}-?[0-9]{2}-?[0-9]{2}|[0-9]{4}|[0-9]{3}|[0-9]{2}-20[0-9]{2})$/
        return last.replacing(date, with: "")
    }
}
