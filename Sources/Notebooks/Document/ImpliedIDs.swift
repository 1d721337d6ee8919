import Canonical

/// Ids of cells whose text tells none: made from kind and content, so that a change elsewhere in the notebook leaves them as they are.
struct ImpliedIDs {
    private var taken: Set<CellID>
    /// The last number given to each content.
    private var given: [String: Int] = [:]

    /// - Parameter told: The ids that stand in the text.
    init(told: Set<CellID>) { taken = told }

    /// The id of the next cell without one.
    mutating func next(_ kind: CellKind, _ source: String) -> CellID {
        let digest = String(Digest.sha256("\(kind.name)\n\(source)").hex.prefix(8))
        let word = kind.name.utf8.count <= 24 && CellID(kind.name) != nil ? kind.name : "cell"
        // All numbers up to the last one given are taken.
        var number = given["\(word)-\(digest)", default: 0] + 1
        while true {
            let text = number == 1 ? "\(word)-\(digest)" : "\(word)-\(digest)-\(number)"
            // At most 24 + 1 + 8 + 1 + 20 allowed characters.
            let id = CellID(text)!
            if taken.insert(id).inserted {
                given["\(word)-\(digest)"] = number
                return id
            }
            number += 1
        }
    }

    /// Makes an id known that was thought to be implied, and is written now.
    mutating func tell(_ id: CellID) { taken.insert(id) }
}
