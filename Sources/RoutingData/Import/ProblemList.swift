import RouteGridBase

/// What is wrong with the input of an import: all of it is said at once, up to ``limit`` messages.
struct ProblemList {
    /// More problems than this are counted only.
    static let limit = 20

    private var messages: [String] = []
    private var count = 0

    /// Adds a problem; beyond the limit its message is not made.
    mutating func add(_ problem: @autoclosure () -> RouteGridError) {
        count += 1
        guard messages.count < Self.limit else { return }
        let problem = problem()
        count += problem.further.count + problem.unlisted
        messages = Array((messages + [problem.message] + problem.further).prefix(Self.limit))
    }

    /// What `body` gives, or nil when it throws: then its problem is added.
    mutating func attempt<Value>(_ body: () throws(RouteGridError) -> Value) -> Value? {
        do { return try body() } catch {
            add(error)
            return nil
        }
    }

    /// - Throws: `badInput` with all problems, when there are any.
    func throwIfAny() throws(RouteGridError) {
        guard let first = messages.first else { return }
        var error = RouteGridError(.badInput, first)
        error.further = Array(messages.dropFirst())
        error.unlisted = count - messages.count
        throw error
    }
}
