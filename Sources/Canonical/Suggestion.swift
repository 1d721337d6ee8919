/// "Did you mean": the most likely known word for a misspelled one.
public enum Suggestion {
    /// The candidate with the smallest edit distance, if it is at most a third of the word's length (one edit is
    /// always allowed); the first of equal ones.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        let distances = candidates.map { ($0, edits(from: Array(word.lowercased()), to: Array($0.lowercased()))) }
        guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= limit else { return nil }
        return best.0
    }

    /// Edit distance between `a` and `b` with transpositions (optimal string alignment).
    private static func edits(from a: [Character], to b: [Character]) -> Int {
        var older: [Int] = []
        var row = Array(0...b.count)
        for i in a.indices {
            var next = [i + 1]
            for j in b.indices {
                var best = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, older[j - 1] + 1) }
                next.append(best)
            }
            (older, row) = (row, next)
        }
        return row[b.count]
    }
}
