using System.Diagnostics;
using Atrium.Local.Host.Worker.Messages;

namespace Atrium.Local.Host.Worker;

/// <summary>Runs functions for triggers.</summary>
internal interface IFunctionInvoker
{
    /// <summary>Runs a function once, in the current worker or the next.</summary>
    /// <exception cref="FunctionFailedException">It failed, was cancelled, or its worker died.</exception>
    /// <exception cref="OperationCanceledException">The host stops, and there was no worker for it.</exception>
    Task InvokeAsync(Function function, ParameterBinding trigger, ActivityContext parent);
}
