import struct Foundation.Data
import GRDB

/// Objects live as long as somebody needs them: a share link, or an object of another kind that names them.
extension CatalogWriter {
    /// Removes the objects that only ended share links need: those that a link pinned itself, and those that they name. A link is ended when it is revoked,
    /// and a week after it expired, so that a clock that was wrong for a while costs nothing. Objects of kinds that no link makes are never removed,
    /// and keep what they name.
    /// - Returns: how many objects were removed
    @discardableResult
    public func removeUnneededObjects(at time: Double) throws -> Int {
        let links = try reader.all("SELECT object, rendered, revoked IS NOT NULL OR expires + 604800 <= ? AS is_ended FROM shares", [time]) { row in
            (isEnded: row["is_ended"] as Bool, objects: [row["object"] as String?, row["rendered"] as String?].compactMap { $0 })
        }
        let ended = try links.filter { $0.isEnded }.flatMap { $0.objects }.filter { try size(ofObject: $0) > 0 }
        guard !ended.isEmpty else { return 0 }
        let others = try reader.all("SELECT digest FROM objects WHERE kind NOT IN ('snapshot', 'form', 'rendering', 'renderings')", []) { $0["digest"] as String }
        let needed = try objects(reachedFrom: links.filter { !$0.isEnded }.flatMap { $0.objects } + others)
        let unneeded = try objects(reachedFrom: ended).subtracting(needed).sorted()
        for digest in unneeded { try remove(object: digest) }
        return unneeded.count
    }

    /// The row of a link refers to its objects: of these the digest stays, and the bytes go. What another table refers to stays whole.
    private func remove(object digest: String) throws {
        if try reader.count("SELECT EXISTS (SELECT 1 FROM shares WHERE object = ?1 OR rendered = ?1)", [digest]) > 0 {
            try run("UPDATE objects SET bytes = x'' WHERE digest = ?", [digest])
            return
        }
        do {
            try run("DELETE FROM objects WHERE digest = ?", [digest])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {}
    }

    private func size(ofObject digest: String) throws -> Int { try reader.count("SELECT length(bytes) FROM objects WHERE digest = ?", [digest]) }

    /// Some objects, and those whose digests stand in their texts, and so on.
    private func objects(reachedFrom roots: [String]) throws -> Set<String> {
        var found: Set<String> = [], open = roots
        while let digest = open.popLast() {
            guard found.insert(digest).inserted else { continue }
            // A snapshot is a database and a form is what is shown: they name no object.
            let text = try reader.one("SELECT bytes FROM objects WHERE digest = ? AND kind NOT IN ('snapshot', 'form')", [digest]) { [UInt8]($0["bytes"] as Data) }
            open += try CatalogWriter.digests(in: text ?? []).filter { try reader.count("SELECT EXISTS (SELECT 1 FROM objects WHERE digest = ?)", [$0]) > 0 }
        }
        return found
    }

    /// Every run of exactly 64 hexadecimal digits of a text.
    private static func digests(in text: [UInt8]) -> [String] {
        text.split { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) && !(UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
            .filter { $0.count == 64 }.map { String(decoding: $0, as: UTF8.self) }
    }
}
