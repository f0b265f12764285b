namespace Baton.Cli.Demo.Raw;

/// <summary>A raw connection ended while a command waited for its reply, or before it could be sent.</summary>
/// <param name="message">What ended it.</param>
/// <param name="inner">The cause, if any.</param>
internal sealed class RawConnectionLostException(string message, Exception? inner = null) : IOException(message, inner);
