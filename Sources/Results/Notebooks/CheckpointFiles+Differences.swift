import Archives
package import Canonical
package import Catalog
import Notebooks
import Storage

/// Which tensors of two archives differ, and where in the first of them.
extension CheckpointFiles {
    /// The digest of an archive and those of its tensors, in the order of names; why there are none, for a file that is no archive.
    package static func digests(at path: String) -> JSONValue {
        do {
            let archive = try Archive.read(path)
            let tensors = tensors(of: archive).sorted { $0.key < $1.key }
            return .object([
                "digest": .string(archive.digest.hex), "problem": .null,
                "tensors": .array(tensors.map { .object(["name": .string($0.key), "digest": .string($0.value)]) }),
            ])
        } catch {
            return .object(["digest": .null, "problem": .string(ArchiveError(member: error.member, offset: error.offset, error.problem).description), "tensors": .array([])])
        }
    }

    /// Compares the checkpoints that two runs have at the same steps, and reads the first two that differ.
    package func difference(_ original: [CheckpointRecord], _ rerun: [CheckpointRecord]) -> JSONValue {
        let others = Dictionary(rerun.map { ($0.step, $0.digest) }) { $1 }
        let common = original.filter { others[$0.step] != nil }
        var fields: [String: JSONValue] = ["compared": .count(common.count), "step": .null, "original": .null, "rerun": .null, "problem": .null, "tensors": [], "tensor": .null]
        guard let first = common.first(where: { others[$0.step] != $0.digest }), let other = others[first.step] else { return .object(fields) }
        (fields["step"], fields["original"], fields["rerun"]) = (.count(first.step), .string(first.digest), .string(other))
        do {
            let (a, b) = (try read(first.digest), try read(other))
            let (before, again) = (Self.tensors(of: a), Self.tensors(of: b))
            let names = Set(before.keys).union(again.keys).filter { before[$0] != again[$0] }.sorted()
            fields["tensors"] = .array(names.map { .string($0) })
            fields["tensor"] = names.first.map { Self.difference($0, a[$0], b[$0]) } ?? .null
            if names.isEmpty { fields["problem"] = "All tensors are equal: the archives differ in their manifests alone." }
        } catch {
            fields["problem"] = .string("The archives cannot be compared tensor by tensor: \(sentence(error))")
        }
        return .object(fields)
    }

    /// Reads the archive of a checkpoint now.
    package func check(_ checkpoint: CheckpointRecord, isDeleted: Bool) -> JSONValue {
        var fields: [String: JSONValue] = ["kind": "checkpoint", "step": .count(checkpoint.step), "digest": .string(checkpoint.digest), "found": .null, "tensor": .null, "problem": .null]
        var proof = RunProof(run: "")
        if isDeleted {
            fields["state"] = "deleted"
        } else {
            check(checkpoint, &proof)
            fields["state"] = proof.missing > 0 ? "missing" : proof.archives > 0 ? "intact" : "damaged"
        }
        if let damage = proof.damages.first {
            (fields["found"], fields["tensor"]) = (.optional(damage.found), .optional(damage.tensor))
            fields["problem"] = .string(damage.problem ?? "the content has another digest")
        }
        return .object(fields)
    }

    private func sentence(_ error: any Error) -> String {
        guard let error = error as? ArchiveError else { return "\(error)" }
        return ArchiveError(member: error.member, offset: error.offset, error.problem).description
    }

    /// Where two tensors differ first, in row-major order.
    private static func difference(_ name: String, _ a: ArrayEntry?, _ b: ArrayEntry?) -> JSONValue {
        var fields: [String: JSONValue] = ["name": .string(name), "elements": .count((a ?? b)?.elements.count ?? 0), "differing": .count((a ?? b)?.elements.count ?? 0), "index": .null, "original": .null, "rerun": .null]
        guard let a, let b, a.shape == b.shape, a.elements.kind == b.elements.kind else {
            func words(_ entry: ArrayEntry?) -> JSONValue { .optional(entry.map { "\($0.elements.kind.rawValue) \($0.shape)" }) }
            (fields["original"], fields["rerun"]) = (words(a), words(b))
            return .object(fields)
        }
        let places = differing(a.elements, b.elements)
        fields["differing"] = .count(places.count)
        if let place = places.first {
            (fields["original"], fields["rerun"]) = (.string(text(a.elements, place)), .string(text(b.elements, place)))
            fields["index"] = .array(index(place, a.shape).map { .count($0) })
        }
        return .object(fields)
    }

    private static func differing(_ a: ArrayElements, _ b: ArrayElements) -> [Int] {
        func places<Value>(_ x: [Value], _ y: [Value], _ isSame: (Value, Value) -> Bool) -> [Int] { x.indices.filter { !isSame(x[$0], y[$0]) } }
        return switch (a, b) {
        case (.float32(let x), .float32(let y)): places(x, y) { $0.bitPattern == $1.bitPattern }
        case (.float64(let x), .float64(let y)): places(x, y) { $0.bitPattern == $1.bitPattern }
        case (.int64(let x), .int64(let y)): places(x, y, ==)
        case (.uint8(let x), .uint8(let y)): places(x, y, ==)
        default: []
        }
    }

    private static func text(_ elements: ArrayElements, _ place: Int) -> String {
        switch elements {
        case .float32(let values): "\(values[place])"
        case .float64(let values): "\(values[place])"
        case .int64(let values): "\(values[place])"
        case .uint8(let values): "\(values[place])"
        }
    }

    private static func index(_ place: Int, _ shape: [Int]) -> [Int] {
        var rest = place
        return shape.reversed().map { size in
            defer { rest /= max(1, size) }
            return rest % max(1, size)
        }.reversed()
    }
}
