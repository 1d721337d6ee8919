package import Canonical
package import Catalog

extension StoredOutput {
    /// What an output shows, without the results behind it: these are most of its bytes where it rests on many runs, and opening a notebook needs none of them.
    /// - Errors: `PinDamaged` where its object is missing or has another digest.
    package static func shown(_ digest: String, _ reader: CatalogReader) throws -> JSONValue {
        let bytes = try reader.pinnedObject(digest)
        return JSONValue(stored: String(decoding: CanonicalMembers.without("basis", in: bytes) ?? bytes, as: UTF8.self))
    }
}

/// The members of an object in canonical JSON, found without reading their values: a scan of bytes.
enum CanonicalMembers {
    /// The object without a member; nil if the bytes are no canonical object.
    static func without(_ name: String, in bytes: [UInt8]) -> [UInt8]? {
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else { return nil }
        var kept: [UInt8] = [UInt8(ascii: "{")], position = 1
        while position < bytes.count - 1 {
            guard let colon = end(ofValueAt: position, in: bytes), colon < bytes.count, bytes[colon] == UInt8(ascii: ":"), let end = end(ofValueAt: colon + 1, in: bytes) else { return nil }
            if !bytes[position..<colon].elementsEqual("\"\(name)\"".utf8) {
                if kept.count > 1 { kept.append(UInt8(ascii: ",")) }
                kept += bytes[position..<end]
            }
            guard end < bytes.count, bytes[end] == UInt8(ascii: ",") || end == bytes.count - 1 else { return nil }
            position = end + 1
        }
        return kept + [UInt8(ascii: "}")]
    }

    /// The place behind a value: the first comma, colon or closing bracket outside of its strings and brackets.
    private static func end(ofValueAt start: Int, in bytes: [UInt8]) -> Int? {
        var depth = 0, isText = false, position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where isText: position += 1
            case UInt8(ascii: "\""): isText.toggle()
            case _ where isText: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return position }
                depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return position }
            default: break
            }
            position += 1
        }
        return nil
    }
}
