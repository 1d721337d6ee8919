/// A token of the filter language, with the position of its first character (from 1) for messages.
struct FilterToken: Equatable {
    enum Kind: Equatable {
        case name(String)
        case text(String)
        case number(Double)
        case symbol(String)
        case end
    }

    var kind: Kind
    var place: Int

    static func error(_ problem: String, at place: Int) -> QueryError {
        QueryError(field: "filter", problem: "\(problem), at character \(place)")
    }

    /// Splits a filter into tokens. Names are lowercased. Strings are in single or double quotes; a doubled quote stands for the quote itself.
    static func words(of filter: String) throws(QueryError) -> [FilterToken] {
        let characters = Array(filter)
        var words: [FilterToken] = []
        var index = 0
        while index < characters.count {
            let start = index
            let character = characters[index]
            if character.isWhitespace {
                index += 1
                continue
            }
            let kind: Kind
            switch character {
            case "'", "\"": kind = .text(try quoted(characters, &index))
            case "(", ")", ",", "~", "=":
                kind = .symbol(String(character))
                index += 1
            case "!", "<", ">": kind = .symbol(try comparison(characters, &index))
            case "0"..."9", "-", "+", ".": kind = .number(try number(characters, &index))
            case _ where character.isLetter || character == "_":
                kind = .name(take(characters, &index) { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.lowercased())
            default: throw error("unexpected character '\(character)'", at: start + 1)
            }
            words.append(FilterToken(kind: kind, place: start + 1))
        }
        return words + [FilterToken(kind: .end, place: characters.count + 1)]
    }

    private static func take(_ characters: [Character], _ index: inout Int, while fits: (Character) -> Bool) -> String {
        var taken = ""
        while index < characters.count, fits(characters[index]) {
            taken.append(characters[index])
            index += 1
        }
        return taken
    }

    private static func quoted(_ characters: [Character], _ index: inout Int) throws(QueryError) -> String {
        let start = index
        let quote = characters[index]
        var text = ""
        index += 1
        while index < characters.count {
            if characters[index] != quote {
                text.append(characters[index])
                index += 1
            } else if index + 1 < characters.count, characters[index + 1] == quote {
                text.append(quote)
                index += 2
            } else {
                index += 1
                return text
            }
        }
        throw error("unterminated text, expected \(quote)", at: start + 1)
    }

    private static func comparison(_ characters: [Character], _ index: inout Int) throws(QueryError) -> String {
        let start = index
        var symbol = String(characters[index])
        index += 1
        if index < characters.count, characters[index] == "=" {
            symbol.append("=")
            index += 1
        }
        if symbol == "!" { throw error("'!' must be followed by '='", at: start + 1) }
        return symbol
    }

    private static func number(_ characters: [Character], _ index: inout Int) throws(QueryError) -> Double {
        let start = index
        let digits = take(characters, &index) { $0.isNumber || $0 == "." || $0 == "e" || $0 == "E" || $0 == "-" || $0 == "+" }
        guard let number = Double(digits), number.isFinite else { throw error("'\(digits)' is not a number", at: start + 1) }
        return number
    }
}
