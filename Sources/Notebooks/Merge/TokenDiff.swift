/// The difference of two sequences of numbers: Myers' greedy algorithm (1986), with a bound on its work.
///
/// Beyond the bound, tokens that occur once in both sequences are taken as fixed points, in the longest order that both share (patience
/// diff), and only the gaps between them are compared, within what is left of the bound; a gap beyond it is one replacement.
/// The result is always correct, then perhaps not minimal. It is a function of the two sequences alone.
struct TokenDiff {
    /// A replacement of some tokens by others; either range may be empty, not both.
    struct Hunk: Equatable {
        var old: Range<Int>
        var new: Range<Int>
    }

    /// The replacements in order. Between two of them at least one token is the same.
    private(set) var hunks: [Hunk] = []

    private let old: [Int32]
    private let new: [Int32]
    /// Steps left.
    private var budget: Int

    /// The most steps of one comparison: about 3 ms.
    static let work = 600_000
    /// The most differences of one stretch that are searched for exactly.
    static let reach = 400

    init(_ old: [Int32], _ new: [Int32], distinct: Int) {
        self.old = old
        self.new = new
        budget = TokenDiff.work
        let (a, b) = trimmed(0..<old.count, 0..<new.count)
        if a.isEmpty || b.isEmpty {
            append(a, b)
        } else if !search(a, b, reach: TokenDiff.reach) {
            anchored(a, b, distinct)
        }
    }

    /// Ranges without what both have at their beginning and end.
    private func trimmed(_ a: Range<Int>, _ b: Range<Int>) -> (Range<Int>, Range<Int>) {
        var (aStart, aEnd, bStart, bEnd) = (a.lowerBound, a.upperBound, b.lowerBound, b.upperBound)
        while aStart < aEnd, bStart < bEnd, old[aStart] == new[bStart] { (aStart, bStart) = (aStart + 1, bStart + 1) }
        while aStart < aEnd, bStart < bEnd, old[aEnd - 1] == new[bEnd - 1] { (aEnd, bEnd) = (aEnd - 1, bEnd - 1) }
        return (aStart..<aEnd, bStart..<bEnd)
    }

    private mutating func append(_ a: Range<Int>, _ b: Range<Int>) {
        if a.isEmpty && b.isEmpty { return }
        if let last = hunks.last, last.old.upperBound == a.lowerBound, last.new.upperBound == b.lowerBound {
            hunks[hunks.count - 1] = Hunk(old: last.old.lowerBound..<a.upperBound, new: last.new.lowerBound..<b.upperBound)
        } else {
            hunks.append(Hunk(old: a, new: b))
        }
    }

    // MARK: Myers

    /// Appends the shortest edit script of two stretches; false, and nothing is appended, where it is beyond the reach or the budget.
    private mutating func search(_ a: Range<Int>, _ b: Range<Int>, reach: Int) -> Bool {
        let (n, m) = (a.count, b.count)
        guard abs(n - m) <= reach else { return false }
        let limit = min(reach, n + m)
        // furthest[limit + k]: how far into `a` the diagonal k reaches; one row of it is kept for each number of differences.
        var furthest = [Int32](repeating: 0, count: 2 * limit + 3)
        var rows: [[Int32]] = []
        for differences in 0...limit {
            rows.append(Array(furthest[(limit - differences)...(limit + differences + 2)]))
            for k in stride(from: -differences, through: differences, by: 2) {
                let down = k == -differences || (k != differences && furthest[limit + k] < furthest[limit + k + 2])
                var x = down ? Int(furthest[limit + k + 2]) : Int(furthest[limit + k]) + 1
                let start = x
                while x < n, x - k < m, old[a.lowerBound + x] == new[b.lowerBound + x - k] { x += 1 }
                furthest[limit + k + 1] = Int32(x)
                budget -= 1 + x - start
                if x >= n, x - k >= m {
                    backtrack(a, b, rows)
                    return true
                }
                if budget <= 0 { return false }
            }
        }
        return false
    }

    /// Goes the way back from the end, and appends what was replaced.
    private mutating func backtrack(_ a: Range<Int>, _ b: Range<Int>, _ rows: [[Int32]]) {
        var (x, y) = (a.count, b.count)
        var steps: [(x: Int, y: Int, down: Bool)] = []
        for differences in stride(from: rows.count - 1, to: 0, by: -1) {
            let row = rows[differences]
            let k = x - y
            // A row starts at diagonal -differences - 1.
            let (below, above) = (row[k + differences], row[k + differences + 2])
            let down = k == -differences || (k != differences && below < above)
            let previous = down ? k + 1 : k - 1
            x = Int(down ? above : below)
            y = x - previous
            steps.append((x, y, down))
        }
        for step in steps.reversed() {
            let (i, j) = (a.lowerBound + step.x, b.lowerBound + step.y)
            append(i..<(step.down ? i : i + 1), j..<(step.down ? j + 1 : j))
        }
    }

    // MARK: Anchors

    /// Compares what lies between tokens that occur once on either side.
    private mutating func anchored(_ a: Range<Int>, _ b: Range<Int>, _ distinct: Int) {
        var (i, j) = (a.lowerBound, b.lowerBound)
        for (x, y) in anchors(a, b, distinct) + [(a.upperBound, b.upperBound)] where x >= i && y >= j {
            gap(i..<x, j..<y)
            (i, j) = (min(x + 1, a.upperBound), min(y + 1, b.upperBound))
        }
    }

    private mutating func gap(_ a: Range<Int>, _ b: Range<Int>) {
        let (a, b) = trimmed(a, b)
        if a.isEmpty || b.isEmpty || budget <= 0 || !search(a, b, reach: 100) { append(a, b) }
    }

    /// Pairs of equal tokens, each once in `a` and once in `b`, in the longest sequence that ascends in both.
    private func anchors(_ a: Range<Int>, _ b: Range<Int>, _ distinct: Int) -> [(Int, Int)] {
        var place = [Int32](repeating: -1, count: distinct)
        for index in b {
            let token = Int(new[index])
            place[token] = place[token] == -1 ? Int32(index) : -2
        }
        var seen = [Bool](repeating: false, count: distinct)
        var twice = seen
        for index in a {
            let token = Int(old[index])
            twice[token] = seen[token]
            seen[token] = true
        }
        let pairs = a.filter { place[Int(old[$0])] >= 0 && !twice[Int(old[$0])] }.map { ($0, Int(place[Int(old[$0])])) }
        return TokenDiff.longestAscent(pairs)
    }

    /// The longest subsequence whose second numbers ascend (patience sorting).
    static func longestAscent(_ pairs: [(Int, Int)]) -> [(Int, Int)] {
        var tops: [Int] = []
        var before = [Int](repeating: -1, count: pairs.count)
        for index in pairs.indices {
            var (low, high) = (0, tops.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[tops[middle]].1 < pairs[index].1 { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = tops[low - 1] }
            if low == tops.count { tops.append(index) } else { tops[low] = index }
        }
        var result: [(Int, Int)] = []
        var index = tops.last ?? -1
        while index >= 0 {
            result.append(pairs[index])
            index = before[index]
        }
        return result.reversed()
    }
}
