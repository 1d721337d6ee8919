internal import Canonical
internal import Codecs
internal import Studies
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// With what a worker computes. None of it decides a result: it is told so that a difference can be traced.
enum Provenance {
    /// - Parameter specification: whose data set is used
    static func json(of specification: Specification) -> JSONValue {
        [
            "build": BuildID.own.map { .string($0) } ?? .null, "numerics": .integer(Int64(Version.numerics)), "processor": .string(processor), "system": .string(system),
            "libraries": .object(LibraryVersions.all.mapValues { .string($0) }),
            "dataset": ["name": .string(specification.dataset.name), "digest": .string(specification.dataset.digest.hex)],
        ]
    }

    /// The processor in its maker's words; the architecture where the system does not tell.
    static let processor: String = {
        let lines = String(decoding: (try? FileSystem.read("/proc/cpuinfo", limit: 1 << 24)) ?? [], as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("model name") }), let colon = line.firstIndex(of: ":") else { return machine }
        return String(line[line.index(after: colon)...].drop { $0 == " " })
    }()

    private static var machine: String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "unknown" }
        return text(of: name.machine)
    }

    private static var system: String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "unknown" }
        return [text(of: name.sysname), text(of: name.release), text(of: name.machine)].joined(separator: " ")
    }

    /// The text in a field of C characters.
    private static func text<Field>(of field: Field) -> String {
        unsafe withUnsafeBytes(of: field) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// The identity that the linker gives a program: the digest of what it linked, the note NT_GNU_BUILD_ID of an ELF file.
enum BuildID {
    /// That of this program; nil where its file has none.
    static let own: String? = read("/proc/self/exe")

    static func read(_ path: String) -> String? {
        guard let file = try? FileReader(path), let head = try? file.read(at: 0, count: 64), head.count == 64, head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
        let table = number(head, 32, 8), size = number(head, 54, 2), count = number(head, 56, 2)
        guard size >= 56, table < 1 << 40 else { return nil }
        for index in 0..<count {
            // 4: a segment of notes.
            guard let entry = try? file.read(at: table + index * size, count: size), entry.count == size, number(entry, 0, 4) == 4 else { continue }
            let offset = number(entry, 8, 8), length = number(entry, 32, 8)
            guard offset < 1 << 40, (1...1 << 16).contains(length), let notes = try? file.read(at: offset, count: length) else { continue }
            if let found = buildID(in: notes) { return found }
        }
        return nil
    }

    private static func buildID(in notes: [UInt8]) -> String? {
        func aligned(_ place: Int) -> Int { (place + 3) & ~3 }
        var place = 0
        while place + 12 <= notes.count {
            let name = number(notes, place, 4), length = number(notes, place + 4, 4), type = number(notes, place + 8, 4)
            let start = aligned(place + 12 + name)
            guard name <= notes.count, length <= notes.count, start + length <= notes.count else { return nil }
            if type == 3, notes[(place + 12)..<(place + 12 + name)].elementsEqual("GNU\0".utf8) {
                return notes[start..<start + length].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
            place = aligned(start + length)
        }
        return nil
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        Int(clamping: bytes[start..<start + count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
