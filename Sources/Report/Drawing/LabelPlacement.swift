/// Labels beside their points, none over another one.
struct LabelPlacement {
    struct Box {
        var (left, top, right, bottom): (Double, Double, Double, Double)

        func overlap(_ other: Box) -> Double {
            let width = min(right, other.right) - max(left, other.left)
            let height = min(bottom, other.bottom) - max(top, other.top)
            return width > 0 && height > 0 ? width * height : 0
        }
    }

    struct Placed {
        /// Of the text's start or end, at its baseline.
        let x: Double
        let y: Double
        let isAtEnd: Bool
        /// Whether it is so far off that a line leads to it.
        let isLed: Bool
    }

    private let bounds: Box
    private var taken: [Box] = []
    private var marks: [Box] = []

    init(within bounds: Box) { self.bounds = bounds }

    /// Keeps labels off a point.
    mutating func avoid(x: Double, y: Double, radius: Double) {
        marks.append(Box(left: x - radius, top: y - radius, right: x + radius, bottom: y + radius))
    }

    /// A place for a label of so many columns; nil where every place is taken.
    mutating func place(columns: Int, size: Double, x: Double, y: Double) -> Placed? {
        let width = Double(columns) * size * 0.6
        var best: (cost: Double, box: Box, placed: Placed)?
        for (number, distance) in [7.0, 16, 28, 42, 58, 76].enumerated() {
            for (dx, dy) in [(1.0, 0.0), (0.7, -0.8), (0.7, 0.8), (-1, 0), (-0.7, -0.8), (-0.7, 0.8)] {
                let isAtEnd = dx < 0
                let (px, py) = (x + dx * distance, y + dy * distance + size * 0.35)
                let left = isAtEnd ? px - width : px
                let box = Box(left: left, top: py - size * 0.85, right: left + width, bottom: py + size * 0.25)
                guard box.left >= bounds.left, box.right <= bounds.right, box.top >= bounds.top,
                    box.bottom <= bounds.bottom, !taken.contains(where: { $0.overlap(box) > 0 })
                else { continue }
                let hidden = marks.reduce(0) { $0 + $1.overlap(box) }
                let cost = hidden * 2 + distance * 2 + (isAtEnd ? 6 : 0)
                if best.map({ cost < $0.cost }) ?? true {
                    best = (cost, box, Placed(x: px, y: py, isAtEnd: isAtEnd, isLed: number > 1))
                }
            }
        }
        guard let best else { return nil }
        taken.append(best.box)
        return best.placed
    }
}
