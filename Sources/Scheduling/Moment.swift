/// A reading of the clock of the scheduler's owner: milliseconds, never going back.
package struct Moment: Hashable, Comparable, Sendable {
    package let milliseconds: Int64
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (moment: Moment, milliseconds: Int64) -> Moment {
        Moment(milliseconds: moment.milliseconds + milliseconds)
    }
    package static func - (left: Moment, right: Moment) -> Int64 { left.milliseconds - right.milliseconds }
}
