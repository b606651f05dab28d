/// The most recently used values, by key.
struct RecentlyUsed<Key: Hashable, Value> {
    private let capacity: Int
    private var values: [(key: Key, value: Value)] = []

    init(capacity: Int) { self.capacity = capacity }

    /// The value of a key, made when it is missing.
    mutating func value(_ key: Key, making make: () throws -> Value) rethrows -> Value {
        if let index = values.firstIndex(where: { $0.key == key }) {
            let found = values.remove(at: index)
            values.append(found)
            return found.value
        }
        let made = try make()
        values.append((key, made))
        if values.count > capacity { values.removeFirst() }
        return made
    }
}
