/// A path with named parts: `/api/v1/runs/{id}`, `/runs/{id}/samples/{step:int}.png`, `/files/{path...}`.
///
/// A path component contains at most one name, with optional text before and after it. `{name}` matches one or more characters other than a slash;
/// `{name:int}` matches a non-negative decimal number that fits in 64 bits, without leading zeros or sign;
/// `{name...}` must be the whole last component and matches the rest of the path, possibly empty.
struct RoutePattern: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case text
        case integer
    }

    enum Part: Hashable, Sendable {
        case literal(String)
        case parameter(name: String, kind: Kind, prefix: String, suffix: String)
        case rest(name: String)
    }

    let parts: [Part]
    let names: [String]

    /// - Precondition: the pattern is well-formed. Patterns are constants of the program.
    init(_ text: String) {
        precondition(text.utf8.first == UInt8(ascii: "/"), "a route pattern must begin with a slash: \(text)")
        let pieces = text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        parts = pieces.map { Self.part(String($0), in: text) }
        names = parts.compactMap { part in
            switch part {
            case .literal: nil
            case .parameter(let name, _, _, _), .rest(let name): name
            }
        }
        precondition(Set(names).count == names.count, "a route pattern has a duplicate name: \(text)")
        let isRestLast = parts.dropLast().allSatisfy { if case .rest = $0 { false } else { true } }
        precondition(isRestLast, "a route pattern continues after its rest parameter: \(text)")
    }

    private static func part(_ piece: String, in text: String) -> Part {
        guard let open = piece.firstIndex(of: "{") else {
            precondition(!piece.contains("}"), "a route pattern has an unmatched closing brace: \(text)")
            return .literal(piece)
        }
        guard let close = piece.lastIndex(of: "}"), open < close else {
            preconditionFailure("a route pattern has an unmatched opening brace: \(text)")
        }
        let prefix = String(piece[..<open])
        let suffix = String(piece[piece.index(after: close)...])
        let inner = String(piece[piece.index(after: open)..<close])
        precondition(!inner.contains("{") && !inner.contains("}"), "a route pattern has two names in one component: \(text)")
        if inner.hasSuffix("...") {
            precondition(prefix.isEmpty && suffix.isEmpty, "a rest parameter must be a whole component: \(text)")
            return .rest(name: String(inner.dropLast(3)))
        }
        let words = inner.split(separator: ":", omittingEmptySubsequences: false)
        let isInteger = words.count == 2 && words[1] == "int"
        precondition(!words[0].isEmpty && (words.count == 1 || isInteger), "a route pattern has an unknown kind of parameter: \(text)")
        return .parameter(name: String(words[0]), kind: isInteger ? .integer : .text, prefix: prefix, suffix: suffix)
    }
}

extension RoutePattern.Part {
    /// The value that the part takes from a path component; nil if it does not match.
    func value(in segment: String) -> String? {
        guard case .parameter(_, let kind, let prefix, let suffix) = self else { return nil }
        let bytes = segment.utf8
        guard bytes.count > prefix.utf8.count + suffix.utf8.count, bytes.starts(with: prefix.utf8),
            bytes.reversed().starts(with: suffix.utf8.reversed())
        else { return nil }
        let value = bytes.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        if kind == .integer {
            guard value.allSatisfy(\.isDigit), value.first != UInt8(ascii: "0") || value.count == 1, Int(String(value) ?? "", in: 0...Int.max) != nil
            else { return nil }
        }
        return String(value)
    }
}
