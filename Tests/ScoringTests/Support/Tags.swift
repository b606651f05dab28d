import Testing

extension Tag {
    /// Takes seconds, not milliseconds.
    @Tag static var slow: Self
}
