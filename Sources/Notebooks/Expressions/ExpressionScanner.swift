import Canonical

/// Splits an expression into tokens, each with its column.
struct ExpressionScanner {
    enum Token: Equatable {
        case word(String)
        case text(String)
        case number(Double)
        case symbol(Character)
        case end
    }

    private let scalars: [UnicodeScalar]
    private var next = 0

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    /// The next token and the column of its first character.
    mutating func token() throws(ExpressionError) -> (token: Token, column: Int) {
        while next < scalars.count, Self.isSpace(scalars[next]) { next += 1 }
        let column = next + 1
        guard next < scalars.count else { return (.end, column) }
        let scalar = scalars[next]
        switch scalar {
        case "(", ")", "[", "]", ",", "=":
            next += 1
            return (.symbol(Character(scalar)), column)
        case "\"", "'": return (.text(try text(scalar, column)), column)
        case "0"..."9", "-", "+", ".": return (.number(try number(column)), column)
        case "a"..."z", "A"..."Z": return (.word(take { Self.isWord($0) }), column)
        default: throw ExpressionError(column: column, "unexpected character \"\(scalar.escaped(asASCII: false))\"; text belongs in quotes")
        }
    }

    private mutating func take(while fits: (UnicodeScalar) -> Bool) -> String {
        var taken = String.UnicodeScalarView()
        while next < scalars.count, fits(scalars[next]) {
            taken.append(scalars[next])
            next += 1
        }
        return String(taken)
    }

    /// Text in quotes of either kind; a backslash escapes a quote or a backslash.
    private mutating func text(_ quote: UnicodeScalar, _ start: Int) throws(ExpressionError) -> String {
        var taken = String.UnicodeScalarView()
        next += 1
        while next < scalars.count {
            let (scalar, column) = (scalars[next], next + 1)
            next += 1
            if scalar == quote { return String(taken) }
            if scalar == "\\" {
                guard next < scalars.count, scalars[next] == "\\" || scalars[next] == "\"" || scalars[next] == "'" else {
                    throw ExpressionError(column: column, "a backslash escapes a quote or a backslash, nothing else")
                }
                taken.append(scalars[next])
                next += 1
                continue
            }
            guard Self.mayBeQuoted(scalar) else {
                throw ExpressionError(
                    column: column, "\"\(scalar.escaped(asASCII: false))\" must not occur in an expression, because Markdown would end it there; name a study by its id instead")
            }
            taken.append(scalar)
        }
        throw ExpressionError(column: start, "the text that begins here has no closing quote \(quote)")
    }

    private mutating func number(_ column: Int) throws(ExpressionError) -> Double {
        let digits = take { Self.isWord($0) || $0 == "." || $0 == "+" }
        // The syntax of JSON numbers; one that continues in letters is an id without quotes.
        guard case .some(let value) = try? JSONValue(parsing: digits), let number = value.numberValue, number.isFinite else {
            throw ExpressionError(column: column, "\"\(digits.prefix(80))\" is not a number; an id or another text belongs in quotes")
        }
        return number
    }

    /// `|` ends a cell of a table, braces end an expression, and control characters a line.
    static func mayBeQuoted(_ scalar: UnicodeScalar) -> Bool {
        scalar.value >= 0x20 && !(0x7F...0x9F ~= scalar.value) && scalar.value != 0x2028 && scalar.value != 0x2029 && scalar != "|" && scalar != "{" && scalar != "}"
    }

    private static func isSpace(_ scalar: UnicodeScalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" }

    /// Letters, digits, `_` and `-`: `fid`, `ns-gan`, `timed_out`.
    static func isWord(_ scalar: UnicodeScalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
