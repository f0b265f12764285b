namespace Baton.Lab;

/// <summary>Something a test, a demo or a benchmark needs did not start, did not answer, or ended; the message says which and why.</summary>
/// <param name="message">What was wrong, with what the program said last.</param>
public sealed class LabException(string message) : Exception(message);
