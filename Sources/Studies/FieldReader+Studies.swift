import Canonical

extension FieldReader {
    /// The schema of the model that the field names.
    mutating func model(_ key: String, among models: [ModelSchema]) throws(FieldError) -> ModelSchema {
        let name = try oneOf(key, models.map(\.name))
        return models.first { $0.name == name }!
    }

    /// A nonempty name of letters, digits, dots, dashes, and underscores.
    mutating func name(_ key: String) throws(FieldError) -> String {
        let text = try string(key, maximumBytes: 100)
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: ".-_".utf8.contains(byte)
            }
        }
        guard !text.isEmpty, isName else {
            throw error(key, "must be a name of letters, digits, dots, dashes and underscores")
        }
        return text
    }

    /// Checks that the requested numerics version is that of this program.
    mutating func numerics(required: Bool) throws(FieldError) {
        let any = 1...1_000_000
        let given = required ? try integer("numerics", in: any) : try optionalInteger("numerics", in: any)
        guard let given, given != Version.numerics else { return }
        throw error("numerics", "\(given) is not the numerics version of this program, \(Version.numerics)")
    }
}
