/// The functions and arguments of bound expressions: the table behind the parser, the completion in the page, and the documentation.
package enum ExpressionGrammar {
    /// A function of the language.
    package struct Function: Sendable, Hashable {
        /// The name: "min".
        package let name: String
        /// The positional arguments: none, a metric that may be omitted, or a metric and two models.
        package let positional: Positional
        /// Names of the named arguments, in canonical order.
        package let arguments: [String]
        /// One sentence for people.
        package let meaning: String
    }

    /// What stands before the named arguments.
    package enum Positional: Sendable, Hashable {
        /// The metric, or nothing for the objective.
        case metric
        /// The metric, or nothing.
        case optionalMetric
        case nothing
        /// The metric and the names of two models.
        case metricAndPair
    }

    /// A named argument.
    package struct Argument: Sendable, Hashable {
        /// The name: "model".
        package let name: String
        /// The allowed values.
        package let kind: Kind
        /// One sentence for people.
        package let meaning: String
    }

    /// The values that an argument takes.
    package enum Kind: Sendable, Hashable {
        case text
        /// One text, or a list of at most so many.
        case texts(Int)
        case integer(ClosedRange<Int>)
        /// One integer, or a list of at most so many.
        case integers(ClosedRange<Int>, Int)
        case word([String])
        case words([String])

        /// The allowed values, for messages and documentation.
        package var text: String {
            switch self {
            case .text: "text in quotes"
            case .texts(let most): "text, or a list of 1 to \(most)"
            case .integer(let range): "an integer in \(range.lowerBound)...\(range.upperBound)"
            case .integers(let range, let most): "an integer in \(range.lowerBound)...\(range.upperBound), or a list of 1 to \(most)"
            case .word(let words): words.joined(separator: ", ")
            case .words(let words): "one or a list of \(words.joined(separator: ", "))"
            }
        }
    }

    /// The longest expression, in bytes of UTF-8.
    package static let longest = 2000

    /// Every argument, in canonical order.
    package static let arguments: [Argument] = [
        Argument(name: "study", kind: .texts(8), meaning: "the study's name or id"),
        Argument(name: "run", kind: .texts(200), meaning: "ids of runs"),
        Argument(name: "model", kind: .texts(64), meaning: "only runs of this model"),
        Argument(name: "setting", kind: .integers(0...1_000_000, 64), meaning: "only runs of this setting of the plan; 0 is the default setting"),
        Argument(name: "seed", kind: .integers(0...Int(Int32.max), 64), meaning: "only runs with this seed"),
        Argument(name: "where", kind: .text, meaning: "only runs that match a filter of the list of runs, such as \"hyperparameters.beta1 = 0.5\""),
        Argument(name: "outcome", kind: .words(outcomes), meaning: "only runs that ended so"),
        Argument(name: "selection", kind: .word(["best", "final"]), meaning: "which evaluation of a run counts; best unless said otherwise"),
        Argument(name: "protocol", kind: .text, meaning: "the digest of an evaluation protocol, or its first digits; that of each run's specification unless said otherwise"),
        Argument(name: "outliers", kind: .word(["excluded", "included"]), meaning: "whether severe outliers count; excluded unless said otherwise, as in tables"),
        Argument(name: "budget", kind: .integer(1...2000), meaning: "the expected best of so many tries instead of the best of all"),
        Argument(name: "unit", kind: .word(["settings", "runs"]), meaning: "what a try of the budget is; settings unless said otherwise"),
        Argument(name: "show", kind: .word(["value", "run", "model", "setting", "seed", "step"]), meaning: "what is shown of the best run; its value unless said otherwise"),
        Argument(name: "hyperparameter", kind: .text, meaning: "shows this hyperparameter of the best run"),
        Argument(name: "interval", kind: .word(truth), meaning: "whether the interval is shown behind the value"),
        Argument(name: "percent", kind: .word(truth), meaning: "shows a fraction as a percentage"),
        Argument(name: "digits", kind: .integer(1...15), meaning: "significant digits; those of the metric unless said otherwise"),
    ]

    /// Every function, in the order in which documentation lists them.
    package static let functions: [Function] = [
        of("min", "The smallest value of the runs.", values + ["percent", "digits"]),
        of("max", "The largest value of the runs.", values + ["percent", "digits"]),
        of("mean", "The mean over the runs that neither failed nor are severe outliers.", values + ["outliers", "percent", "digits"]),
        of("sd", "The standard deviation (n - 1) over the same runs.", values + ["outliers", "percent", "digits"]),
        of("median", "The median over all runs that ended; failures count as worst.", values + ["percent", "digits"]),
        of("iqm", "The interquartile mean over all runs that ended; failures count as worst.", values + ["interval", "percent", "digits"]),
        of("best", "The best value by the metric's direction, or something of the run that has it.",
           values + ["budget", "unit", "show", "hyperparameter", "interval", "percent", "digits"]),
        of("difference", "The mean difference of two models, paired by seed: the first minus the second.",
           ["study", "run", "setting", "seed", "where", "selection", "protocol", "interval", "percent", "digits"], .metricAndPair),
        of("improvement", "How probable it is that a run of the first model is better than one of the second; ties count half.",
           ["study", "run", "setting", "seed", "where", "selection", "protocol", "interval", "percent", "digits"], .metricAndPair),
        of("count", "The number of runs; with a metric, of those that have a value of it.", ["study", "run", "model", "setting", "seed", "where", "outcome", "percent", "digits"],
           .optionalMetric),
        of("failed", "The number of runs that ended with another outcome than done.",
           ["study", "run", "model", "setting", "seed", "where", "outcome", "percent", "digits"], .nothing),
    ]

    /// The word that stands for the metric of the objective.
    package static let objective = "objective"

    /// The function of a name.
    package static func function(_ name: String) -> Function? { functions.first { $0.name == name } }

    /// The argument of a name.
    package static func argument(_ name: String) -> Argument? { arguments.first { $0.name == name } }

    private static let values = ["study", "run", "model", "setting", "seed", "where", "selection", "protocol"]
    private static let outcomes = ["done", "collapsed", "diverged", "timed_out", "failed", "cancelled"]
    private static let truth = ["true", "false"]

    private static func of(_ name: String, _ meaning: String, _ arguments: [String], _ positional: Positional = .metric) -> Function {
        Function(name: name, positional: positional, arguments: arguments, meaning: meaning)
    }
}
