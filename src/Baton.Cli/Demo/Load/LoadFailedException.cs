namespace Baton.Cli.Demo.Load;

/// <summary>Commands ended without replies.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">The client's own exception.</param>
internal sealed class LoadFailedException(string message, Exception? inner = null) : Exception(message, inner);
