import Canonical

extension CommonOptions {
    /// Prints a list: a JSON array for scripts, a table for people, and for an empty list a remark instead of the table.
    func list<Item>(_ items: [Item], header: [String], empty: String? = nil, json object: (Item) -> JSONValue, row: (Item) -> [String]) {
        if json { return Console.say(.array(items.map(object))) }
        if items.isEmpty, let empty { return Console.remark(empty) }
        var table = Table(header)
        for item in items { table.add(row(item)) }
        Console.say(table.text)
    }
}

/// A text table for people, with columns as wide as their longest cell.
struct Table {
    private var rows: [[String]]

    init(_ header: [String]) {
        rows = [header.map { TerminalText.escaped($0, keepsLines: false) }]
    }

    mutating func add(_ row: [String]) { rows.append(row.map { TerminalText.escaped($0, keepsLines: false) }) }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let line = row.indices.map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
