import Catalog
import Results
import Studies

/// Names and ids of the API's resources.
extension Schema {
    static let runID = Schema.pattern("^[0-9a-f]{12}-[0-9]+$")
    static let evaluationID = Schema.pattern("^e[0-9a-f]{12}-[0-9]+$")
    /// Also of members, sessions, tokens, and links.
    static let studyID = Schema.pattern("^[0-9a-f]{12}$")
    static let accessID = Schema.pattern("^[0-9a-f]{16}$")

    /// Text of the query: anything but NUL.
    static let plain = Schema.pattern(#"^[^\x00]*$"#)
    /// A path segment.
    static let segment = Schema.pattern(#"^[^\x00-\x1f\x7f/\\]+$"#)
    /// Comma-separated names of the query.
    static func names(_ count: ClosedRange<Int>) -> Schema { .list(.pattern(#"^[^,\x00]+$"#), count, distinct: false) }

    // What depends on this server's models and data sets: `OpenAPIVocabulary` fills these in.
    static let modelName = Schema.named("ModelName", .string)
    static let datasetName = Schema.named("DatasetName", .string)
    static let architectureName = Schema.named("Architecture", .string)
    static let encoderName = Schema.named("Encoder", .string)
    static let splitName = Schema.named("Split", .string)
    static let hyperparameterChoices = Schema.named("Hyperparameters", .map(.any))
    static let gridChoices = Schema.named("Grid", .map(.any))

    /// A user-chosen name, as `AccessControl.checked` accepts it: one non-blank line without bidirectional formatting characters.
    static func title(_ most: Int, mayBeEmpty: Bool = false) -> Schema {
        let odd = #"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"#
        let line = #"[^\#(odd)]*[^\#(odd)\s][^\#(odd)]*"#
        return .text((mayBeEmpty ? 0 : 1)...most, pattern: mayBeEmpty ? "^(\(line))?$" : "^\(line)$")
    }

    /// The types of path parameters.
    static func part(_ name: Substring, of path: String) -> Schema {
        switch name {
        case "digest": .digest
        case "figure": .word(ComparisonFigure.allCases.map(\.rawValue))
        case "metric": .word(QueryParameter.metrics)
        case "name": .word(NamedPlan.all.map(\.name))
        case "step:int": .count
        case "step": .pattern("^([0-9]+|reference)$")
        case "id" where path.hasPrefix("/runs/"): .runID
        case "id" where path.hasPrefix("/studies/"): .studyID
        case "id" where path.hasPrefix("/evaluations/"): .evaluationID
        case "id" where path.hasPrefix("/notebooks/"): .notebookID
        case "cell": .cellID
        case "revision", "form": .digest
        case "number:int": .count
        // A member's name is accepted as well.
        case "id" where path.hasPrefix("/members/"): .segment
        default: .accessID
        }
    }
}
