package protocol

import (
	lsp "go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Values of more than one message.
type (
	Optional[T any]                         = lsp.Optional[T]
	Nullable[T any]                         = lsp.Nullable[T]
	LSPAny                                  = lsp.LSPAny
	String                                  = lsp.String
	Integer                                 = lsp.Integer
	Boolean                                 = lsp.Boolean
	URI                                     = uri.URI
	Position                                = lsp.Position
	Range                                   = lsp.Range
	Location                                = lsp.Location
	TextEdit                                = lsp.TextEdit
	Command                                 = lsp.Command
	MarkupContent                           = lsp.MarkupContent
	TextDocumentIdentifier                  = lsp.TextDocumentIdentifier
	VersionedTextDocumentIdentifier         = lsp.VersionedTextDocumentIdentifier
	OptionalVersionedTextDocumentIdentifier = lsp.OptionalVersionedTextDocumentIdentifier
	TextDocumentPositionParams              = lsp.TextDocumentPositionParams
)

// Some returns an optional value that is there.
func Some[T any](v T) Optional[T] { return lsp.NewOptional(v) }

// Initialization and what each side can do.
type (
	InitializeParams                      = lsp.InitializeParams
	WorkspaceFoldersInitializeParams      = lsp.WorkspaceFoldersInitializeParams
	InitializeResult                      = lsp.InitializeResult
	InitializedParams                     = lsp.InitializedParams
	ClientInfo                            = lsp.ClientInfo
	ServerInfo                            = lsp.ServerInfo
	TraceValue                            = lsp.TraceValue
	SetTraceParams                        = lsp.SetTraceParams
	LogTraceParams                        = lsp.LogTraceParams
	ClientCapabilities                    = lsp.ClientCapabilities
	GeneralClientCapabilities             = lsp.GeneralClientCapabilities
	WindowClientCapabilities              = lsp.WindowClientCapabilities
	WorkspaceClientCapabilities           = lsp.WorkspaceClientCapabilities
	TextDocumentClientCapabilities        = lsp.TextDocumentClientCapabilities
	TextDocumentSyncClientCapabilities    = lsp.TextDocumentSyncClientCapabilities
	WorkspaceEditClientCapabilities       = lsp.WorkspaceEditClientCapabilities
	PublishDiagnosticsClientCapabilities  = lsp.PublishDiagnosticsClientCapabilities
	DiagnosticClientCapabilities          = lsp.DiagnosticClientCapabilities
	DiagnosticsCapabilities               = lsp.DiagnosticsCapabilities
	DiagnosticWorkspaceClientCapabilities = lsp.DiagnosticWorkspaceClientCapabilities
	CodeActionClientCapabilities          = lsp.CodeActionClientCapabilities
	ClientCodeActionLiteralOptions        = lsp.ClientCodeActionLiteralOptions
	ClientCodeActionKindOptions           = lsp.ClientCodeActionKindOptions
	ClientCodeActionResolveOptions        = lsp.ClientCodeActionResolveOptions
	ClientDiagnosticsTagOptions           = lsp.ClientDiagnosticsTagOptions
	CodeLensClientCapabilities            = lsp.CodeLensClientCapabilities
	CodeLensWorkspaceClientCapabilities   = lsp.CodeLensWorkspaceClientCapabilities
	HoverClientCapabilities               = lsp.HoverClientCapabilities
	ShowDocumentClientCapabilities        = lsp.ShowDocumentClientCapabilities
	DidChangeConfigurationCapabilities    = lsp.DidChangeConfigurationClientCapabilities
	DidChangeWatchedFilesCapabilities     = lsp.DidChangeWatchedFilesClientCapabilities
	ServerCapabilities                    = lsp.ServerCapabilities
	PositionEncodingKind                  = lsp.PositionEncodingKind
	TextDocumentSyncOptions               = lsp.TextDocumentSyncOptions
	TextDocumentSyncKind                  = lsp.TextDocumentSyncKind
	SaveOptions                           = lsp.SaveOptions
	CodeActionOptions                     = lsp.CodeActionOptions
	CodeLensOptions                       = lsp.CodeLensOptions
	HoverOptions                          = lsp.HoverOptions
	ExecuteCommandOptions                 = lsp.ExecuteCommandOptions
	DiagnosticOptions                     = lsp.DiagnosticOptions
	WorkspaceOptions                      = lsp.WorkspaceOptions
	WorkspaceFoldersServerCapabilities    = lsp.WorkspaceFoldersServerCapabilities
	WorkDoneProgressOptions               = lsp.WorkDoneProgressOptions
	Registration                          = lsp.Registration
	RegistrationParams                    = lsp.RegistrationParams
	Unregistration                        = lsp.Unregistration
	UnregistrationParams                  = lsp.UnregistrationParams
	DidChangeConfigurationRegistration    = lsp.DidChangeConfigurationRegistrationOptions
	DidChangeWatchedFilesRegistration     = lsp.DidChangeWatchedFilesRegistrationOptions
	FileSystemWatcher                     = lsp.FileSystemWatcher
	GlobPattern                           = lsp.GlobPattern // Pattern or *RelativePattern
	Pattern                               = lsp.Pattern
	RelativePattern                       = lsp.RelativePattern
	TextDocumentRegistrationOptions       = lsp.TextDocumentRegistrationOptions
	DiagnosticRegistrationOptions         = lsp.DiagnosticRegistrationOptions
)

// Documents, files and settings.
type (
	TextDocumentItem                = lsp.TextDocumentItem
	DidOpenTextDocumentParams       = lsp.DidOpenTextDocumentParams
	DidChangeTextDocumentParams     = lsp.DidChangeTextDocumentParams
	DidSaveTextDocumentParams       = lsp.DidSaveTextDocumentParams
	DidCloseTextDocumentParams      = lsp.DidCloseTextDocumentParams
	ContentChange                   = lsp.TextDocumentContentChangeEvent // *PartialChange or *WholeChange
	PartialChange                   = lsp.TextDocumentContentChangePartial
	WholeChange                     = lsp.TextDocumentContentChangeWholeDocument
	WorkspaceFolder                 = lsp.WorkspaceFolder
	WorkspaceFoldersChangeEvent     = lsp.WorkspaceFoldersChangeEvent
	DidChangeWorkspaceFoldersParams = lsp.DidChangeWorkspaceFoldersParams
	DidChangeWatchedFilesParams     = lsp.DidChangeWatchedFilesParams
	FileEvent                       = lsp.FileEvent
	FileChangeType                  = lsp.FileChangeType
	DidChangeConfigurationParams    = lsp.DidChangeConfigurationParams
	ConfigurationParams             = lsp.ConfigurationParams
	ConfigurationItem               = lsp.ConfigurationItem
	WorkspaceEdit                   = lsp.WorkspaceEdit
	DocumentChange                  = lsp.DocumentChange // *TextDocumentEdit, or an operation on files
	TextDocumentEdit                = lsp.TextDocumentEdit
	TextDocumentEditElement         = lsp.TextDocumentEditElement // *TextEdit and others
	ApplyWorkspaceEditParams        = lsp.ApplyWorkspaceEditParams
	ApplyWorkspaceEditResult        = lsp.ApplyWorkspaceEditResult
)

// Diagnostics, pushed and pulled.
type (
	Diagnostic                       = lsp.Diagnostic
	DiagnosticSeverity               = lsp.DiagnosticSeverity
	DiagnosticTag                    = lsp.DiagnosticTag
	DiagnosticRelatedInformation     = lsp.DiagnosticRelatedInformation
	CodeDescription                  = lsp.CodeDescription
	PublishDiagnosticsParams         = lsp.PublishDiagnosticsParams
	DocumentDiagnosticParams         = lsp.DocumentDiagnosticParams
	DocumentDiagnosticReport         = lsp.DocumentDiagnosticReport // *RelatedFullReport or *RelatedUnchangedReport
	RelatedFullReport                = lsp.RelatedFullDocumentDiagnosticReport
	RelatedUnchangedReport           = lsp.RelatedUnchangedDocumentDiagnosticReport
	FullReport                       = lsp.FullDocumentDiagnosticReport
	UnchangedReport                  = lsp.UnchangedDocumentDiagnosticReport
	WorkspaceDiagnosticParams        = lsp.WorkspaceDiagnosticParams
	PreviousResultID                 = lsp.PreviousResultId
	WorkspaceDiagnosticReport        = lsp.WorkspaceDiagnosticReport
	WorkspaceDiagnosticPartialResult = lsp.WorkspaceDiagnosticReportPartialResult
	WorkspaceDocumentReport          = lsp.WorkspaceDocumentDiagnosticReport // *WorkspaceFullReport or *WorkspaceUnchangedReport
	WorkspaceFullReport              = lsp.WorkspaceFullDocumentDiagnosticReport
	WorkspaceUnchangedReport         = lsp.WorkspaceUnchangedDocumentDiagnosticReport
	DiagnosticServerCancellationData = lsp.DiagnosticServerCancellationData
)

// What the editor asks for at a place.
type (
	HoverParams           = lsp.HoverParams
	Hover                 = lsp.Hover
	CodeActionParams      = lsp.CodeActionParams
	CodeActionContext     = lsp.CodeActionContext
	CodeAction            = lsp.CodeAction
	CodeActionKind        = lsp.CodeActionKind
	CodeActionDisabled    = lsp.CodeActionDisabled
	CodeActionTriggerKind = lsp.CodeActionTriggerKind
	CommandOrCodeAction   = lsp.CommandOrCodeAction // *Command or *CodeAction
	CodeLensParams        = lsp.CodeLensParams
	CodeLens              = lsp.CodeLens
	ExecuteCommandParams  = lsp.ExecuteCommandParams
)

// What the server says by itself.
type (
	MessageType                  = lsp.MessageType
	ShowMessageParams            = lsp.ShowMessageParams
	ShowMessageRequestParams     = lsp.ShowMessageRequestParams
	MessageActionItem            = lsp.MessageActionItem
	LogMessageParams             = lsp.LogMessageParams
	ShowDocumentParams           = lsp.ShowDocumentParams
	ShowDocumentResult           = lsp.ShowDocumentResult
	ProgressToken                = lsp.ProgressToken // String or Integer
	ProgressParams               = lsp.ProgressParams
	WorkDoneProgressParams       = lsp.WorkDoneProgressParams
	PartialResultParams          = lsp.PartialResultParams
	WorkDoneProgressCreateParams = lsp.WorkDoneProgressCreateParams
	WorkDoneProgressCancelParams = lsp.WorkDoneProgressCancelParams
	WorkDoneProgressBegin        = lsp.WorkDoneProgressBegin
	WorkDoneProgressReport       = lsp.WorkDoneProgressReport
	WorkDoneProgressEnd          = lsp.WorkDoneProgressEnd
)

// Values that the protocol gives names.
const (
	SyncIncremental = lsp.TextDocumentSyncKindIncremental

	SeverityError       = lsp.DiagnosticSeverityError
	SeverityWarning     = lsp.DiagnosticSeverityWarning
	SeverityInformation = lsp.DiagnosticSeverityInformation
	SeverityHint        = lsp.DiagnosticSeverityHint

	TagUnnecessary = lsp.DiagnosticTagUnnecessary
	TagDeprecated  = lsp.DiagnosticTagDeprecated

	QuickFix        = lsp.CodeActionKindQuickFix
	RefactorRewrite = lsp.CodeActionKindRefactorRewrite
	Source          = lsp.CodeActionKindSource
	SourceFixAll    = lsp.CodeActionKindSourceFixAll

	TriggerInvoked   = lsp.CodeActionTriggerKindInvoked
	TriggerAutomatic = lsp.CodeActionTriggerKindAutomatic

	FileCreated = lsp.FileChangeTypeCreated
	FileChanged = lsp.FileChangeTypeChanged
	FileDeleted = lsp.FileChangeTypeDeleted

	WatchKindDelete = lsp.WatchKindDelete

	MessageError   = lsp.MessageTypeError
	MessageWarning = lsp.MessageTypeWarning
	MessageInfo    = lsp.MessageTypeInfo
	MessageLog     = lsp.MessageTypeLog
	MessageDebug   = lsp.MessageTypeDebug // since 3.18

	TraceOff      = lsp.TraceValueOff
	TraceMessages = lsp.TraceValueMessages
	TraceVerbose  = lsp.TraceValueVerbose

	Markdown  = lsp.MarkupKindMarkdown
	PlainText = lsp.MarkupKindPlainText

	ReportFull      = string(lsp.DocumentDiagnosticReportKindFull)
	ReportUnchanged = string(lsp.DocumentDiagnosticReportKindUnchanged)
)

// Methods of requests and notifications.
const (
	MethodInitialize             = lsp.MethodInitialize
	MethodInitialized            = lsp.MethodInitialized
	MethodShutdown               = lsp.MethodShutdown
	MethodExit                   = lsp.MethodExit
	MethodSetTrace               = lsp.MethodSetTrace
	MethodLogTrace               = lsp.MethodLogTrace
	MethodProgress               = lsp.MethodProgress
	MethodRegisterCapability     = lsp.MethodClientRegisterCapability
	MethodUnregisterCapability   = lsp.MethodClientUnregisterCapability
	MethodDidOpen                = lsp.MethodTextDocumentDidOpen
	MethodDidChange              = lsp.MethodTextDocumentDidChange
	MethodDidSave                = lsp.MethodTextDocumentDidSave
	MethodDidClose               = lsp.MethodTextDocumentDidClose
	MethodPublishDiagnostics     = lsp.MethodTextDocumentPublishDiagnostics
	MethodDocumentDiagnostic     = lsp.MethodTextDocumentDiagnostic
	MethodWorkspaceDiagnostic    = lsp.MethodWorkspaceDiagnostic
	MethodDiagnosticRefresh      = lsp.MethodWorkspaceDiagnosticRefresh
	MethodHover                  = lsp.MethodTextDocumentHover
	MethodCodeAction             = lsp.MethodTextDocumentCodeAction
	MethodCodeActionResolve      = lsp.MethodCodeActionResolve
	MethodCodeLens               = lsp.MethodTextDocumentCodeLens
	MethodCodeLensResolve        = lsp.MethodCodeLensResolve
	MethodCodeLensRefresh        = lsp.MethodWorkspaceCodeLensRefresh
	MethodExecuteCommand         = lsp.MethodWorkspaceExecuteCommand
	MethodApplyEdit              = lsp.MethodWorkspaceApplyEdit
	MethodConfiguration          = lsp.MethodWorkspaceConfiguration
	MethodDidChangeConfiguration = lsp.MethodWorkspaceDidChangeConfiguration
	MethodDidChangeFolders       = lsp.MethodWorkspaceDidChangeWorkspaceFolders
	MethodDidChangeWatchedFiles  = lsp.MethodWorkspaceDidChangeWatchedFiles
	MethodShowMessage            = lsp.MethodWindowShowMessage
	MethodShowMessageRequest     = lsp.MethodWindowShowMessageRequest
	MethodLogMessage             = lsp.MethodWindowLogMessage
	MethodShowDocument           = lsp.MethodWindowShowDocument
	MethodProgressCreate         = lsp.MethodWindowWorkDoneProgressCreate
	MethodProgressCancel         = lsp.MethodWindowWorkDoneProgressCancel
)
