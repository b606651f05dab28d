import Grid

/// A run that the coordinator serves, besides what its scheduler keeps of it.
struct ServedRun: Sendable {
    let lock: GridLock
    /// For people.
    let name: String
    /// When it was submitted.
    let submitted: String
    /// Why it is in its state; empty where nothing is to be said.
    var reason: String
    /// The frozen selection, in the second stage of a run that selects.
    var selection: ServerSelection?
}
