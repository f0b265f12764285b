namespace Baton.Cli.Demo;

/// <summary>The demo could not run at all. The message is for the person at the terminal.</summary>
/// <param name="message">What was wrong.</param>
/// <param name="inner">The cause, if any.</param>
internal sealed class DemoException(string message, Exception? inner = null) : Exception(message, inner);
