namespace Baton.Cli.Bench;

/// <summary>A benchmark could not run; the message says why and what to do.</summary>
internal sealed class BenchException(string message) : Exception(message);
