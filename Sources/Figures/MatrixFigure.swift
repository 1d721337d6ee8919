public import Canonical

/// A square matrix of values in [0, 1], rows against columns, with values as text and shade.
public struct MatrixFigure: Sendable, Equatable {
    /// A value with its interval.
    public struct Cell: Sendable, Equatable {
        /// The value, in [0, 1].
        public var value: Double
        /// Lower bound of the interval.
        public var lower: Double
        /// Upper bound of the interval.
        public var upper: Double

        /// Creates a value from its parts.
        public init(value: Double, lower: Double, upper: Double) {
            self.value = value
            self.lower = lower
            self.upper = upper
        }
    }

    /// The title.
    public var title: String
    /// The meaning of a cell for its row and column.
    public var meaning: String
    /// How the values were measured; nil if not applicable.
    public var measurement: MeasurementProtocol?
    /// Notes below the figure.
    public var notes: [String]
    /// The names of rows and columns.
    public var names: [String]
    /// [row][column]; nil for empty cells, such as the diagonal.
    public var cells: [[Cell?]]

    /// Creates a value from its parts.
    public init(title: String, meaning: String, measurement: MeasurementProtocol?, notes: [String], names: [String], cells: [[Cell?]]) {
        self.title = title
        self.meaning = meaning
        self.measurement = measurement
        self.notes = notes
        self.names = names
        self.cells = cells
    }

    /// The data as CSV, with full precision.
    public var csv: String {
        var table = CSVText(columns: ["row", "column", "value", "lower", "upper"])
        for (row, cells) in zip(names, cells) {
            for (column, cell) in zip(names, cells) {
                guard let cell else { continue }
                table.append([row, column] + [cell.value, cell.lower, cell.upper].map(DecimalText.exact))
            }
        }
        return table.text
    }

    /// The data as JSON, with full precision; non-finite values are null.
    public var json: JSONValue {
        [
            "title": .string(title), "meaning": .string(meaning), "protocol": measurement?.json ?? .null,
            "notes": .array(notes.map { .string($0) }), "names": .array(names.map { .string($0) }),
            "cells": .array(
                cells.map { row in
                    .array(row.map { $0.map { ["value": .number($0.value), "lower": .number($0.lower), "upper": .number($0.upper)] } ?? .null })
                }),
        ]
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String { MatrixDrawing(figure: self, style: style).svg() }
}
