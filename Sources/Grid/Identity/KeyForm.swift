/// The form of keys.
package enum KeyForm {
    /// Member `v` of every key: grows when what a key names, or how, changes.
    package static let revision = 1
}
