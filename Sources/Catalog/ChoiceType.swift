/// How a choices blob holds model numbers: member `dtype` of `result.choices`.
package enum ChoiceType: String, Hashable, Sendable, CaseIterable {
    /// One byte a choice: pools of at most 255 models.
    case u8
    /// Two bytes a choice, little-endian: larger pools.
    case u16

    /// The most models that a pool may have.
    package static let modelLimit = 65_535

    /// What the choices among some models take.
    package init(models: Int) { self = models <= 255 ? .u8 : .u16 }

    /// Bytes of one choice.
    package var width: Int { self == .u8 ? 1 : 2 }
}
