/// The regions of a three-way comparison: what neither side changed, what one did, what both did.
struct ThreeWay {
    /// A region in the base and on both sides.
    struct Region: Equatable {
        enum Change { case none, left, right, both }
        let change: Change
        let base: Range<Int>
        let left: Range<Int>
        let right: Range<Int>
    }

    /// When changes of the two sides belong to one region.
    enum Rule {
        /// If no unchanged token lies between them, as in git.
        case touching
        /// If they share a token of the base, or insert at the same place. Changes of neighboring tokens stay apart.
        case overlapping
    }

    let regions: [Region]

    /// - Parameters:
    ///   - left: the difference from the base to one side
    ///   - right: the difference from the base to the other side
    ///   - count: tokens of the base
    init(left: [TokenDiff.Hunk], right: [TokenDiff.Hunk], count: Int, rule: Rule) {
        var sweep = Sweep(left: Side(left), right: Side(right), rule: rule)
        while sweep.step() {}
        sweep.unchanged(to: count)
        regions = sweep.regions
    }

    /// The hunks of one side, and how far its tokens are shifted against the base.
    private struct Side {
        let hunks: [TokenDiff.Hunk]
        var next = 0
        var shift = 0

        init(_ hunks: [TokenDiff.Hunk]) { self.hunks = hunks }

        var hunk: TokenDiff.Hunk? { next < hunks.count ? hunks[next] : nil }

        mutating func take() {
            shift = hunks[next].new.upperBound - hunks[next].old.upperBound
            next += 1
        }
    }

    private struct Sweep {
        var left: Side
        var right: Side
        let rule: Rule
        var position = 0
        var regions: [Region] = []

        mutating func unchanged(to end: Int) {
            guard end > position else { return }
            append(.none, position..<end, left.shift, right.shift)
            position = end
        }

        /// - Parameters:
        ///   - leftShift: the shift of the left side where the region begins
        ///   - rightShift: that of the right side
        private mutating func append(_ change: Region.Change, _ base: Range<Int>, _ leftShift: Int, _ rightShift: Int) {
            regions.append(
                Region(
                    change: change, base: base, left: base.lowerBound + leftShift..<base.upperBound + left.shift,
                    right: base.lowerBound + rightShift..<base.upperBound + right.shift))
        }

        /// Appends the next region that was changed; false if there is none.
        mutating func step() -> Bool {
            guard let first = [left.hunk, right.hunk].compactMap({ $0?.old }).min(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) })
            else { return false }
            unchanged(to: first.lowerBound)
            var region = first
            let shifts = (left.shift, right.shift)
            let starts = (left.next, right.next)
            while true {
                if let hunk = left.hunk, isFirst(hunk.old, region, left.next == starts.0 && right.next == starts.1) {
                    left.take()
                    region = region.lowerBound..<max(region.upperBound, hunk.old.upperBound)
                } else if let hunk = right.hunk, isFirst(hunk.old, region, left.next == starts.0 && right.next == starts.1) {
                    right.take()
                    region = region.lowerBound..<max(region.upperBound, hunk.old.upperBound)
                } else {
                    break
                }
            }
            let change: Region.Change = left.next == starts.0 ? .right : right.next == starts.1 ? .left : .both
            position = region.upperBound
            append(change, region, shifts.0, shifts.1)
            return true
        }

        /// Whether a hunk belongs to the region; the region's own first hunk does.
        private func isFirst(_ hunk: Range<Int>, _ region: Range<Int>, _ isNew: Bool) -> Bool {
            if isNew { return hunk == region }
            if rule == .touching { return hunk.lowerBound <= region.upperBound }
            return hunk.lowerBound < region.upperBound || hunk.isEmpty && region.isEmpty && hunk.lowerBound == region.lowerBound
        }
    }
}
