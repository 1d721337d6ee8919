/// The commands that formulas may have, for completion and for tests.
package enum TeXCommands {
    /// Their names without the backslash, sorted.
    package static let all: [String] = TeXSymbols.allNames.sorted()
}
