namespace Baton.Client;

/// <summary>A command without an answer, with a copy of its bytes.</summary>
/// <param name="Command">The command.</param>
/// <param name="Frame">What is sent for it.</param>
internal readonly record struct UnansweredCommand(PendingCommand Command, byte[] Frame);
